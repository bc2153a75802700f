import pg from "pg";
import request from "supertest";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod/mini";
import { parseBundle } from "../../src/protocol/public/bundle.ts";
import { parseMessagingKey } from "../../src/protocol/public/messaging-key.ts";
import type { RosterEntry } from "../../src/protocol/public/roster.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { dayOf, firstDayOf } from "../../src/protocol/public/time.ts";
import { createRetention } from "../../src/server/retention/job.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  type Client,
  createClient,
  entryOf,
  keyStatements,
  logIn,
  makePerson,
  periodNow,
  rosterPost,
  setUp,
  startAgain,
  type TestNewsroom,
} from "../support/staff.ts";

let base: TestServer;
let server: TestServer;
beforeAll(async () => {
  base = await startTestServer();
});
afterAll(() => base.stop());
let made: TestNewsroom;
let admin: Client;
let entry: RosterEntry;
let period: number;
beforeEach(async () => {
  server = await startAgain(base, { now: new Date("2026-11-22T12:00:00Z") });
  made = await setUp(server);
  admin = made.client;
  entry = entryOf(made.admin);
  period = periodNow(server);
});
afterEach(() => server.stop());

const sign = (periods: readonly number[], of: Partial<RosterEntry> = {}, by = made.admin) =>
  keyStatements(by, { newsroom: made.newsroom, entry: { ...entry, ...of } }, periods);
const publish = (statements: Uint8Array[]) =>
  admin.post("/api/messaging-keys", z.encode(api.MessagingKeysPost, { statements }));
const shownPeriods = async () => {
  const { bytes } = await createClient(server).get("/api/newsroom");
  return parseBundle(bytes)
    .messagingKeys.map(parseMessagingKey)
    .map((key) => [key.memberNumber, key.generation, key.period]);
};
const raiseGeneration = async () => {
  const roster = rosterPost(server, made.newsroom, {
    number: 2,
    previousHash: made.firstHash,
    entries: [{ ...entry, generation: 1 }],
  });
  const { statement, settings } = roster;
  return admin.post("/api/roster", z.encode(api.RosterPost, { statement, settings }));
};

describe("publishing", () => {
  it("adds keys that everybody sees listed", async () => {
    expect((await publish(sign([period + 2, period + 3]))).status).toBe(204);
    const { keys } = (await admin.get("/api/messaging-keys")).body;
    expect(keys).toEqual(
      [0, 1, 2, 3].map((ahead) => ({ memberNumber: 1, generation: 0, period: period + ahead })),
    );
  });

  it("may be repeated, but never puts a second key in a place", async () => {
    const statements = sign([period + 2]);
    expect((await publish(statements)).status).toBe(204);
    expect((await publish(statements)).status).toBe(204);
    expect((await publish(sign([period + 2]))).body).toEqual({ error: "key-exists" });
  });

  it("lets one of two keys stand when both come at once", async () => {
    const answers = await Promise.all([
      publish(sign([period + 4, period + 5])),
      publish(sign([period + 5, period + 4])),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect(await server.world.db.messagingKey.count({ where: { period: period + 4 } })).toBe(1);
  });

  it("is for one's own current identity, this generation and open periods", async () => {
    const refusals = [
      await publish(sign([period + 2], {}, makePerson("eve"))),
      await publish(sign([period + 2], { memberNumber: 2 })),
      await publish(sign([period - 2])),
      await publish(sign([period + 40])),
      await publish([new Uint8Array(100)]),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
    const other = await publish(sign([period + 2], { generation: 1 }));
    expect(other.body).toEqual({ error: "roster-changed" });
    expect(await server.world.db.messagingKey.count()).toBe(2);
  });
});

describe("the newsroom's public answer", () => {
  it("holds the keys of one period, on the days between two as well", async () => {
    expect(await shownPeriods()).toEqual([[1, 0, period]]);
    server.moveDays(firstDayOf(period + 1) - 1 - dayOf(server.world.now().getTime()));
    expect(await shownPeriods()).toEqual([[1, 0, period]]);
    server.moveDays(1);
    expect(await shownPeriods()).toEqual([[1, 0, period + 1]]);
  });

  it("drops keys at once when a roster declares them void, and shows the new ones", async () => {
    expect((await raiseGeneration()).status).toBe(200);
    expect(await shownPeriods()).toEqual([]);
    expect((await publish(sign([period], { generation: 1 }))).status).toBe(204);
    expect(await shownPeriods()).toEqual([[1, 1, period]]);
  });

  it("is the same bytes on both listeners and for everybody", async () => {
    const source = await request(server.source).get("/api/newsroom");
    const newsroom = await admin.get("/api/newsroom");
    expect(new Uint8Array(source.body)).toEqual(newsroom.bytes);
  });

  it("is new on a replica that did not take the change", async () => {
    const other = await startTestServer({ beside: server, now: server.world.now() });
    const there = createClient(other);
    const before = await there.get("/api/newsroom");
    await raiseGeneration();
    const after = await there.get("/api/newsroom");
    await other.stop();
    expect(after.bytes).not.toEqual(before.bytes);
    expect(after.bytes).toEqual((await admin.get("/api/newsroom")).bytes);
  });

  it("costs one query while nothing changes", async () => {
    await admin.get("/api/newsroom");
    const spy = vi.spyOn(pg.Client.prototype, "query");
    await createClient(server).get("/api/newsroom");
    expect(spy.mock.calls.length).toBe(1);
    spy.mockRestore();
  });
});

describe("the timeline", () => {
  const timeline = async (client = admin) =>
    (await client.get("/api/messaging-keys/timeline")).body.keys.map(
      (key: { period: number; generation: number; state: string; day: number | null }) => [
        key.period - period,
        key.generation,
        key.state,
        key.day === null ? null : key.day - dayOf(server.world.now().getTime()),
      ],
    );
  const destroy = (periods: readonly number[], generation = 0) =>
    admin.post("/api/messaging-keys/destroyed", {
      periods: periods.map((one) => ({ period: one, generation })),
    });
  const published = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, at) => [from + at, 0, "published", null]);

  it("keeps that a key was destroyed and on which day, once, and never the key", async () => {
    server.moveDays(10);
    admin = await logIn(server, made.admin);
    expect((await admin.get("/api/messaging-keys/closed")).status).toBe(200);
    expect((await destroy([period])).status).toBe(204);
    expect(await timeline()).toEqual([...published(1, 1), [0, 0, "destroyed", 0]]);
    server.moveDays(1);
    admin = await logIn(server, made.admin);
    // Again, with periods and a generation that never were: the first day stays, nothing is made up.
    expect((await destroy([period])).status).toBe(204);
    expect((await destroy([period], 7)).status).toBe(204);
    expect(await timeline()).toEqual([...published(1, 1), [0, 0, "destroyed", -1]]);
    const row = await server.world.db.pastKey.findFirstOrThrow();
    expect(Object.keys(row).sort()).toEqual(
      ["day", "ending", "generation", "memberNumber", "period"].sort(),
    );
  });

  it("tells a key that nobody came for, and forgets after half a year", async () => {
    const retention = createRetention(server.world);
    server.moveDays(7 + 2 + 90);
    await retention.run();
    admin = await logIn(server, made.admin);
    expect(await timeline()).toContainEqual([0, 0, "dropped", 0]);
    server.moveDays(26 * 7);
    await retention.run();
    expect(await server.world.db.pastKey.count({ where: { period } })).toBe(0);
  });

  it("is for whoever is logged in alone", async () => {
    expect((await createClient(server).get("/api/messaging-keys/timeline")).status).toBe(401);
  });
});

describe("a closed period", () => {
  const slot = (arrival: number, of: { period: number; tried?: boolean; generation?: number }) =>
    server.pool.query(
      `WITH m AS (INSERT INTO message (arrival, mailbox_id, message_id, day, by, header, header_hash,
         delete_token_hash, sealed_summary, sealed_body, body_hash, source_slot, roster_number, period)
       VALUES ($1, $5, int4send($1), 1, 0, '', '', '', '', '', '', '', 1, $2))
       INSERT INTO slot (member_number, arrival, period, generation, bytes, tried)
       VALUES (1, $1, $2, $3, 'slot', $4)`,
      [arrival, of.period, of.generation ?? 0, of.tried ?? false, Buffer.alloc(16)],
    );
  const destroyed = (periods: object[]) => admin.post("/api/messaging-keys/destroyed", { periods });
  const closed = async () => (await admin.get("/api/messaging-keys/closed")).body.closed;

  it("closes a day after its end and tells what is unopened", async () => {
    await slot(1, { period });
    await slot(2, { period, tried: true });
    expect(await closed()).toEqual([]);
    expect((await destroyed([{ period, generation: 0 }])).body).toEqual({ error: "period-open" });
    server.moveDays(firstDayOf(period + 1) + 1 - dayOf(server.world.now().getTime()));
    admin = await logIn(server, made.admin);
    expect(await closed()).toEqual([{ period, unopened: 1 }]);
  });

  it("does not wait for a slot under a generation that no key was ever published for", async () => {
    await slot(1, { period, generation: 1 });
    server.moveDays(9);
    admin = await logIn(server, made.admin);
    expect(await closed()).toEqual([{ period, unopened: 0 }]);
  });

  it("loses its key and slots, and no others, once its member has destroyed the key", async () => {
    await slot(1, { period });
    await slot(2, { period, generation: 1 });
    await server.world.db.messagingKey.create({
      data: { memberNumber: 1, generation: 1, period, statement: new Uint8Array() },
    });
    await slot(3, { period: period + 1 });
    server.moveDays(9);
    admin = await logIn(server, made.admin);
    await closed();
    expect((await destroyed([{ period, generation: 0 }])).status).toBe(204);
    const { rows } = await server.pool.query(
      "SELECT arrival FROM slot WHERE bytes IS NOT NULL ORDER BY arrival",
    );
    expect(rows.map(({ arrival }) => arrival)).toEqual([2, 3]);
    const keys = await server.world.db.messagingKey.findMany({
      select: { period: true, generation: true },
      orderBy: { period: "asc" },
    });
    expect(keys).toEqual([
      { period, generation: 1 },
      { period: period + 1, generation: 0 },
    ]);
    expect(await closed()).toEqual([{ period, unopened: 1 }]);
  });
});
