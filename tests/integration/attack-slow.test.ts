import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PaperNewsroom } from "../support/paper-newsroom.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { enterMailbox, storeNewsroom, tipFrom } from "../support/stored-newsroom.ts";

let server: TestServer;
let newsroom: PaperNewsroom;
beforeAll(async () => {
  server = await startTestServer();
  newsroom = await storeNewsroom(server);
});
afterAll(() => server.stop());

const READERS = 30;
const MIB = 1_048_576;
const held = (): number => {
  const { arrayBuffers, external } = process.memoryUsage();
  return Math.max(arrayBuffers, external) / MIB;
};

it("mailboxes that are asked for and not read hold little memory", async () => {
  const source = await enterMailbox(server, newsroom);
  for (let i = 0; i < 7; i++) {
    const answer = await source.post(tipFrom(newsroom, source, "x".repeat(300_000)).bytes);
    expect(answer.status).toBe(200);
  }
  const before = held();
  const port = server.config.sourcePort;
  const asked =
    `POST /api/mailbox/read HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: ${source.authorization}\r\n` +
    "Content-Type: application/octet-stream\r\nContent-Length: 4\r\n\r\n\0\0\0\0";
  const sockets: Socket[] = [];
  for (let i = 0; i < READERS; i++) {
    const socket = connect(port, "127.0.0.1");
    socket.pause();
    socket.on("error", () => undefined);
    socket.write(asked);
    sockets.push(socket);
  }
  await sleep(4_000);
  const grown = held() - before;
  for (const socket of sockets) socket.destroy();
  // A whole answer each would be eight.
  expect(grown).toBeLessThan(READERS * 5);
});
