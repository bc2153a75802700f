import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { UploadId } from "../../src/protocol/public/crypto.ts";
import { createRetention } from "../../src/server/retention/job.ts";
import { type PaperNewsroom, PLAIN_SETTINGS } from "../support/paper-newsroom.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { enterMailbox, storeNewsroom, tipFrom } from "../support/stored-newsroom.ts";
import { sodium } from "../vectors/backends.ts";

let server: TestServer;
let newsroom: PaperNewsroom;
beforeEach(async () => {
  server = await startTestServer();
  const settings = { ...PLAIN_SETTINGS, retentionDays: 10, longestAbsenceDays: 30 };
  newsroom = await storeNewsroom(server, { settings });
});
afterEach(() => server.stop());

const run = () => createRetention(server.world).run();

const count = async (table: string): Promise<number> =>
  (await server.pool.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n;

const storeUpload = async (): Promise<void> => {
  const source = await enterMailbox(server, newsroom);
  const uploadId = sodium.random(16) as UploadId;
  await source.put(uploadId, { index: 0, count: 1, bytes: new Uint8Array(100) });
};

describe("retention", () => {
  it("counts from the last message of a conversation, and then takes all of it", async () => {
    const source = await enterMailbox(server, newsroom);
    await source.post(tipFrom(newsroom, source).bytes);
    server.moveDays(2);
    const again = await enterMailbox(server, newsroom, source.keys);
    await again.post(tipFrom(newsroom, again).bytes);
    server.moveDays(10);
    await run();
    expect(await count("message")).toBe(2);
    server.moveDays(1);
    await run();
    expect([await count("message"), await count("slot")]).toEqual([0, 0]);
  });

  it("drops parts that nothing has claimed after a full day, and leaves younger ones", async () => {
    await storeUpload();
    server.moveDays(1);
    await storeUpload();
    await run();
    expect(await count("upload_part")).toBe(2);
    server.moveDays(1);
    await run();
    expect(await count("upload_part")).toBe(1);
  });

  it("closes a period a day after its end; then nothing under it is taken, whatever the clock", async () => {
    const source = await enterMailbox(server, newsroom);
    const late = tipFrom(newsroom, source);
    server.moveDays(9);
    await run();
    server.moveDays(-9);
    const again = await enterMailbox(server, newsroom, source.keys);
    const answer = await again.post(late.bytes);
    expect([answer.status, answer.code]).toEqual([409, "roster-changed"]);
  });

  it("takes messages a day past the period's end, and none later", async () => {
    const { period } = newsroom;
    const lastDay = period * 7 + 6;
    const today = Math.floor(server.world.now().getTime() / 86_400_000);
    server.moveDays(lastDay + 1 - today);
    const source = await enterMailbox(server, newsroom);
    expect((await source.post(tipFrom(newsroom, source).bytes)).status).toBe(200);
    server.moveDays(1);
    const later = await enterMailbox(server, newsroom);
    expect((await later.post(tipFrom(newsroom, later).bytes)).code).toBe("roster-changed");
  });

  it("drops untried slots with their published keys only after the longest absence", async () => {
    const { db } = server.world;
    const source = await enterMailbox(server, newsroom);
    await source.post(tipFrom(newsroom, source).bytes);
    await db.message.updateMany({ data: { day: 99_999 } });
    const left = () => db.slot.count({ where: { bytes: { not: null } } });
    server.moveDays(30);
    await run();
    expect([await left(), await count("messaging_key")]).toEqual([3, 3]);
    server.moveDays(7);
    await run();
    expect([await left(), await count("messaging_key"), await count("message")]).toEqual([0, 0, 1]);
  });
});

describe("a lapsed list", () => {
  it("closes writing and leaves reading and deleting", async () => {
    const source = await enterMailbox(server, newsroom);
    await source.post(tipFrom(newsroom, source).bytes);
    const late = tipFrom(newsroom, source);
    server.moveDays(40);
    const again = await enterMailbox(server, newsroom, source.keys);
    expect((await again.post(late.bytes)).code).toBe("roster-changed");
    expect((await again.read()).bytes.length).toBeGreaterThan(1_000);
    expect((await again.ask("/api/mailbox/delete", { method: "POST" })).status).toBe(204);
  });
});
