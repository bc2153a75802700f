import { createServer } from "node:net";

/**
 * Below the ports that Linux gives to outgoing connections (from 32768 on): one of those could be taken by any
 * browser between here and the server's start. Each of vitest's workers has its own third, so two do not meet.
 */
const first = 20_000;
const perWorker = 4_000;
const worker = Number(process.env["VITEST_POOL_ID"] ?? 0) % 3;

const mine = first + worker * perWorker;
let next = process.pid % perWorker;

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });

/** A port on which nobody listens, given to no other caller of this process. */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < perWorker; tries += 1) {
    const port = mine + next;
    next = (next + 1) % perWorker;
    if (await isFree(port)) return port;
  }
  throw new Error("no port is free");
};
