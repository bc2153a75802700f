import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { LOG_RECORD } from "../../src/browser/newsroom/worker/witness/memory.ts";
import { PERIODS_AHEAD } from "../../src/protocol/public/limits.ts";
import { dayOf, periodOf } from "../../src/protocol/public/time.ts";
import type { MessagingSeed } from "../../src/protocol/secret/crypto.ts";
import { signMessagingKey } from "../../src/protocol/secret/sign.ts";
import { bytes } from "../../src/server/database/database.ts";
import { createAppend } from "../../src/server/log/append.ts";
import { paperStore } from "../support/paper-staff.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { logInAt, type WorkerClient, workerClient } from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";
import { sumo } from "../vectors/backends.ts";

/** One log-in with a browser whose clock is wrong must not spoil what the member remembers of the log. */
let server: TestServer;
let ann: Colleague;
let bob: Colleague;
let cem: Colleague;
const stores = { Ann: paperStore(), Bob: paperStore(), Cem: paperStore() };
beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server, "Ann", { store: stores.Ann });
  bob = await enrol(server, ann, "Bob", { store: stores.Bob });
  cem = await enrol(server, ann, "Cem", { store: stores.Cem });
}, 120_000);
afterAll(() => server?.stop());

const DAY_MS = 86_400_000;
const AHEAD_DAYS = 120;

const enter = (who: Colleague, aheadDays: number): Promise<WorkerClient> => {
  const now = (): Date => new Date(server.world.now().getTime() + aheadDays * DAY_MS);
  const there = { ...server, world: { ...server.world, now } };
  const store = stores[who.name as keyof typeof stores];
  return logInAt(workerClient(there, { store }), who);
};

/** What a log-in of that person finds in the log. */
const kindsOf = async (who: Colleague, aheadDays = 0): Promise<readonly string[]> =>
  (await (await enter(who, aheadDays)).log.lookAtLog()).findings.map(({ kind }) => kind);

/** What whoever holds both a member's identity and the server can do; answers once the log holds it. */
const forgeKey = async (who: Colleague, periodsAhead: number): Promise<void> => {
  const { newsroomId, memberNumber, own, entry } = who.world();
  const forged = signMessagingKey(sumo, {
    newsroomId,
    memberNumber,
    generation: entry.generation,
    period: periodOf(dayOf(server.world.now().getTime())) + periodsAhead,
    identitySeed: own.identitySeed,
    seed: new Uint8Array(32).fill(5) as MessagingSeed,
  });
  await server.world.db.$transaction((tx) => createAppend(server.world)(tx, [bytes(forged)]));
};

it("finds one's own keys in the log again when the clock is right again", async () => {
  expect(await kindsOf(ann)).toEqual([]);
  expect(await kindsOf(ann, AHEAD_DAYS)).toEqual([]);
  expect(await kindsOf(ann)).toEqual([]);
  server.moveDays(21);
  expect(await kindsOf(ann)).toEqual([]);
});

it("still warns of a foreign key in one's name when the clock is right again", async () => {
  await forgeKey(ann, 0);
  expect(await kindsOf(ann)).toEqual(["foreign-key"]);
  expect(await kindsOf(ann, AHEAD_DAYS)).toEqual(["foreign-key"]);
  expect(await kindsOf(ann)).toEqual(["foreign-key"]);
});

it("takes no foreign key of a period to come for one's own that is over", async () => {
  // Further ahead than Bob has drawn any of his own, and over by that clock.
  await forgeKey(bob, PERIODS_AHEAD + 2);
  expect(await kindsOf(bob, AHEAD_DAYS)).toEqual(["foreign-key"]);
  expect(await kindsOf(bob)).toEqual(["foreign-key"]);
});

it("calls none of one's own foreign whose period is long over, read first under a wrong clock", async () => {
  server.moveDays(60);
  const before = cem.world().records.ids();
  const { records } = (await enter(cem, 0)).session.world();
  const isDestroyed = (id: string): boolean =>
    id.startsWith("messaging:") && !records.ids().includes(id);
  await vi.waitFor(() => expect(before.some(isDestroyed)).toBe(true));
  // As after a restore, in a new browser: all leaves are read once more.
  await records.change(() => ({ remove: [LOG_RECORD] }));
  stores.Cem = paperStore();
  expect(await kindsOf(cem, AHEAD_DAYS)).toEqual([]);
  expect(await kindsOf(cem)).toEqual([]);
});
