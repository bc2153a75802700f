import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseMailboxAnswer } from "../../src/protocol/public/block.ts";
import { base64url } from "../../src/protocol/public/bytes.ts";
import type { UploadId } from "../../src/protocol/public/crypto.ts";
import { openDatabase } from "../../src/server/database/database.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import type { PaperNewsroom } from "../support/paper-newsroom.ts";
import {
  enterMailbox,
  parseStored,
  storeNewsroom,
  type TestSource,
  tipFrom,
} from "../support/stored-newsroom.ts";
import { sodium } from "../vectors/backends.ts";

/** Server and database killed at once, in the middle of work: what was acknowledged is there, and what was not goes on. */
let instance: Instance;
let newsroom: PaperNewsroom;
beforeAll(async () => {
  instance = await startInstance();
  const address = { host: join(instance.dataDir, "sockets"), user: "sealdrop" };
  const { db, close } = openDatabase({ ...address, database: "sealdrop" }, 2);
  newsroom = await storeNewsroom({ world: { db, now: () => new Date() } });
  await close();
});
afterAll(() => instance.close());

const enter = (keys?: TestSource["keys"]) =>
  enterMailbox({ source: instance.source.origin }, newsroom, keys);

const killAll = async (): Promise<void> => {
  const file = join(instance.dataDir, "database/postmaster.pid");
  const database = Number(readFileSync(file, "utf8").split("\n")[0]);
  process.kill(database, "SIGKILL");
  await instance.kill("SIGKILL");
};

it("loses nothing that was acknowledged when everything is killed, and uploads go on where they stopped", async () => {
  const source = await enter();
  const acknowledged: number[] = [];
  const stored = new Set<number>();
  const uploadId = sodium.random(16) as UploadId;
  const part = new Uint8Array(1_048_576).fill(5);
  let killed = false;

  const writer = async (): Promise<void> => {
    while (!killed) {
      const answer = await source.post(tipFrom(newsroom, source).bytes).catch(() => null);
      if (answer?.status === 200) acknowledged.push(parseStored(answer).arrival);
    }
  };
  const uploader = async (from: number): Promise<void> => {
    for (let index = from; index < 200 && !killed; index += 2) {
      const sent = { index, count: 200, bytes: part };
      const answer = await source.put(uploadId, sent).catch(() => null);
      if (answer?.status === 204) stored.add(index);
    }
  };
  const work = [writer(), writer(), uploader(0), uploader(1)];
  while (acknowledged.length < 5 || stored.size < 5)
    await new Promise((done) => setTimeout(done, 20));
  await killAll();
  killed = true;
  await Promise.all(work);
  await instance.restart();

  const again = await enter(source.keys);
  const arrivals = new Set<number>();
  for (let after = 0, more = true; more; ) {
    const page = parseMailboxAnswer(new Uint8Array((await again.read(after)).bytes));
    for (const row of page.rows) arrivals.add(row.arrival);
    after = page.rows.at(-1)?.arrival ?? after;
    more = page.more;
  }
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(acknowledged.filter((arrival) => !arrivals.has(arrival))).toEqual([]);

  const { bytes } = await again.ask(`/api/uploads/${base64url(uploadId)}`);
  const isHeld = (index: number) => (((bytes[4 + (index >> 3)] ?? 0) << (index & 7)) & 0x80) !== 0;
  expect(stored.size).toBeGreaterThan(0);
  expect([...stored].filter((index) => !isHeld(index))).toEqual([]);
  const missing = Array.from({ length: 200 }, (_, index) => index).find((index) => !isHeld(index));
  if (missing !== undefined) {
    const answer = await again.put(uploadId, { index: missing, count: 200, bytes: part });
    expect(answer.status).toBe(204);
  }
}, 60_000);
