import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { equal } from "../../src/protocol/public/bytes.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  type Crash,
  foundNewsroom,
  logInAgain,
  openWorkerDesk,
  type Seat,
  tipTo,
  type WorkerDesk,
} from "../support/worker-desk.ts";

/** Bob's browser is closed between an admin's signature and the end, and nobody opens another one for weeks. */
let server: TestServer;
let ann: Seat;
let bob: Seat;
let anns: WorkerDesk;
/** All that Bob was ever sent. */
const sent: string[] = [];
beforeAll(async () => {
  server = await startTestServer();
  ({ ann, bob } = await foundNewsroom(server));
}, 60_000);
afterAll(() => server.stop());

const ANN = 1;
const BOB = 2;
const DAYS = 40;
const DAYS_BETWEEN_JOBS = 8;

const tip = async (text: string): Promise<void> => {
  sent.push(text);
  expect(await tipTo(server, [ANN, BOB], text)).toEqual([ANN, BOB]);
};

const openAnn = async (): Promise<void> => {
  ann = await logInAgain(server, ann);
  anns = await openWorkerDesk(server, ann);
  // A browser that has seen no list before; the list is renewed if it is due.
  await anns.client.keys.confirmRoster();
};

const openBob = async (): Promise<WorkerDesk> => {
  bob = await logInAgain(server, bob);
  return openWorkerDesk(server, bob);
};

const signed = async (desk: WorkerDesk): Promise<void> => {
  await desk.lasting.renewLastingKeys({ stolen: false });
  const [row] = await anns.changes.keyChanges();
  await anns.changes.approveKeyChange({ memberNumber: BOB, words: row?.words ?? [] });
};

const closedAt = async (crash: Crash): Promise<void> => {
  const closed = await openWorkerDesk(server, bob, crash).catch(() => null);
  if (closed === null) return;
  await vi.waitFor(() => expect(closed.crashed()).toBe(true), { timeout: 60_000 });
};

const weeksPass = async (): Promise<void> => {
  for (let day = 0; day < DAYS; day += DAYS_BETWEEN_JOBS) {
    server.moveDays(DAYS_BETWEEN_JOBS);
    await server.runJobs();
  }
};

/** Of keys that are not the present ones, as the database shows it. */
const leftovers = async () => {
  const { db } = server.world;
  const records = await db.vaultRecord.findMany({
    where: { account: { memberNumber: BOB } },
    select: { recordId: true },
  });
  return {
    records: records.map(({ recordId }) => recordId).filter((id) => /^(?:next|old):/.test(id)),
    archives: await db.formerArchiveKey.count({ where: { memberNumber: BOB } }),
    wishes: await db.keyChange.count(),
  };
};

const finished = (desk: WorkerDesk) =>
  vi.waitFor(() => expect(desk.client.session.opened().renewal).toMatchObject({ finished: true }), {
    timeout: 60_000,
    interval: 20,
  });

const readsAll = (desk: WorkerDesk) => expect([...desk.lines()].sort()).toEqual([...sent].sort());

const CASES: readonly (Crash & { readonly left: RegExp; readonly archives: number })[] = [
  { when: "before", method: "POST", path: "/api/vault", left: /^next:/, archives: 0 },
  { when: "before", method: "POST", path: "/api/archive", left: /^old:/, archives: 0 },
  { when: "before", method: "POST", path: "/api/archive/wraps", left: /^old:/, archives: 1 },
  { when: "before", method: "POST", path: "/api/archive/destroyed", left: /^old:/, archives: 1 },
];

it.each(CASES)(
  "a renewal broken off $when $path goes on weeks later in another browser",
  { timeout: 120_000 },
  async ({ left, archives, ...crash }) => {
    await openAnn();
    const desk = await openBob();
    const before = desk.client.session.world().own.archive.id;
    await tip(`Read in time, ${crash.path}`);
    await desk.library().lookNow();
    await tip(`Sealed to the old keys and not looked at, ${crash.path}`);
    await signed(desk);
    await closedAt(crash);

    await weeksPass();

    const kept = await leftovers();
    expect(kept.records.filter((id) => left.test(id)).length).toBeGreaterThan(0);
    expect(kept.archives).toBe(archives);
    await openAnn();
    const other = await openBob();
    await finished(other);
    readsAll(other);
    expect(await leftovers()).toEqual({ records: [], archives: 0, wishes: 0 });
    expect(equal(other.client.session.world().own.archive.id, before)).toBe(false);
    await tip(`To the new keys, ${crash.path}`);
    await other.library().lookNow();
    readsAll(other);
  },
);
