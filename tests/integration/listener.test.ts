import { createConnection } from "node:net";
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
