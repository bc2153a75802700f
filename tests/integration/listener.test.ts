import { createConnection, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { openListener } from "../../src/server/http/listener.ts";

/** Everything that came back on a connection that asked at once. */
const ask = (port: number): Promise<string> =>
  new Promise((done, failed) => {
    let text = "";
    const socket = createConnection({ host: "127.0.0.1", port }, () => {
      socket.write(
        "PUT /part HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody",
      );
    });
    socket.on("data", (bytes) => {
      text += bytes.toString();
    });
    socket.on("error", failed);
    socket.on("end", () => done(text));
  });

it("answers what came before its app was ready: a part that is sent while the server starts does not hang", async () => {
  const listener = await openListener({ app: "source", host: "127.0.0.1", port: 0 });
  const early = ask(listener.port);
  await sleep(100);
  listener.answer(async (request, response) => {
    let body = "";
    for await (const part of request) body += String(part);
    response.end(`got ${body}`);
  });
  const answered = await Promise.race([early, sleep(5_000, "nothing")]);
  await listener.stop();
  expect(answered).toContain("got body");
});

/** A connection, and what is written to it at once. */
const connect = (port: number, text: string): Promise<Socket> =>
  new Promise((done, failed) => {
    const socket = createConnection({ host: "127.0.0.1", port }, () => {
      socket.write(text, () => done(socket));
    });
    socket.on("error", failed);
  });

it.each([
  ["has never asked anything", ""],
  ["has begun to ask", "GET / HTTP/1.1\r\nHost: x\r\n"],
  ["was answered and may ask again", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
])("stops at once though a connection %s", async (_name, text) => {
  const listener = await openListener({ app: "source", host: "127.0.0.1", port: 0 });
  listener.answer((_request, response) => void response.end("got"));
  const socket = await connect(listener.port, text);
  const ended = new Promise((done) => socket.once("close", done));
  socket.resume();
  await sleep(100);
  expect(await Promise.race([listener.stop(), sleep(5_000, "still waiting")])).toBeUndefined();
  await ended;
});

it("stops only when what was asked is answered", async () => {
  const listener = await openListener({ app: "source", host: "127.0.0.1", port: 0 });
  let answer = (): void => undefined;
  const asked = new Promise<void>((heard) => {
    listener.answer((_request, response) => {
      answer = () => void response.end("late");
      heard();
    });
  });
  const got = ask(listener.port);
  await asked;
  const stopped = listener.stop();
  expect(await Promise.race([stopped, sleep(200, "waits")])).toBe("waits");
  answer();
  expect(await got).toContain("late");
  await stopped;
});
