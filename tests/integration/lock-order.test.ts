import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod/mini";
import { base64url } from "../../src/protocol/public/bytes.ts";
import type { RosterEntry } from "../../src/protocol/public/roster.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { createAnchor } from "../../src/server/audit/anchor.ts";
import { createDayLines } from "../../src/server/audit/day-lines.ts";
import { createTrail } from "../../src/server/audit/trail.ts";
import { createAppend } from "../../src/server/log/append.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  type Client,
  createClient,
  entryOf,
  invite,
  keyStatements,
  makePerson,
  type Person,
  periodNow,
  rosterPost,
  setUp,
  type TestNewsroom,
} from "../support/staff.ts";

/** Roster, version, log, trail, accounts, archive keys: whoever needs several takes them in one order, in every process. */
const ROUNDS = 6;

let here: TestServer;
let there: TestServer;
let made: TestNewsroom;
let bob: Person;
let entries: readonly RosterEntry[];
let anns: readonly Client[];
let bobs: readonly Client[];

const both = (client: Client): readonly Client[] => [client, createClient(there, client.cookie)];

beforeAll(async () => {
  here = await startTestServer();
  made = await setUp(here);
  there = await startTestServer({ beside: here });
  bob = makePerson("bob");
  const { id, client } = await invite(here, made.client, bob);
  entries = [entryOf(made.admin), entryOf(bob, { memberNumber: 2, position: 2 })];
  const plan = { number: 2, previousHash: made.firstHash, entries };
  const { statement, settings, hash } = rosterPost(here, made.newsroom, plan);
  const body = { ...z.encode(api.RosterPost, { statement, settings }), approveInvite: id };
  expect((await made.client.post("/api/roster", body)).status).toBe(200);
  made = { ...made, firstHash: hash };
  anns = both(made.client);
  bobs = both(client);
});
afterAll(async () => {
  await there.stop();
  await here.stop();
});

type Work = (round: number, client: Client) => Promise<{ readonly status: number }>;

/** In both processes at once, again and again. Answers what was answered. */
const repeat = async (clients: readonly Client[], work: Work): Promise<readonly number[]> => {
  const statuses: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await Promise.all(clients.map((client) => work(round, client)));
    statuses.push(...answers.map(({ status }) => status));
  }
  return statuses;
};

const signRosters = async (): Promise<readonly number[]> => {
  let [number, previousHash] = [3, made.firstHash];
  return repeat(anns, async (_, client) => {
    const signed = rosterPost(here, made.newsroom, { number, previousHash, entries });
    const { statement, settings, hash } = signed;
    const answer = await client.post(
      "/api/roster",
      z.encode(api.RosterPost, { statement, settings }),
    );
    if (answer.status === 200) [number, previousHash] = [answer.body.number + 1, hash];
    return answer;
  });
};

const keyId = (round: number) => base64url(new Uint8Array(16).fill(round + 1));

const workOf = (): readonly Promise<readonly number[]>[] => {
  const plan = { newsroom: made.newsroom, entry: entries[1] ?? entryOf(bob) };
  const periods = Array.from({ length: 6 }, (_, ahead) => periodNow(here) + ahead);
  const keys = keyStatements(bob, plan, periods).map(base64url);
  const authKey = base64url(bob.authKey);
  const codes = Array.from({ length: 10 }, (_, place) => `${place}ABCDEFGHJKMN`);
  return [
    signRosters(),
    repeat(bobs, (round, client) => {
      const some = keys.slice(0, 2 + (round % 5));
      const statements = client === bobs[0] ? some : some.toReversed();
      return client.post("/api/messaging-keys", { statements });
    }),
    repeat(anns, (round, client) =>
      client.post("/api/people/role", {
        memberNumber: 2,
        role: round % 2 === 0 ? "admin" : "journalist",
      }),
    ),
    repeat(anns, (round, client) =>
      round % 2 === 0 ? client.post("/api/handover/2") : client.delete("/api/handover/2"),
    ),
    repeat(bobs, (round, client) =>
      client.post("/api/archive", { from: keyId(round), to: keyId(round + 1) }),
    ),
    repeat(bobs.slice(0, 1), (_, client) => client.post("/api/factors/codes", { authKey, codes })),
    repeat(bobs, (_, client) => client.post("/api/sessions/end-others")),
  ];
};

/** Each round on a day of its own. */
const runJobs = async (server: TestServer): Promise<void> => {
  const findSlowed = async () => ({ members: [{ memberNumber: 2, count: 4 }], unknownNames: 0 });
  for (let round = 0; round < ROUNDS; round++) {
    const at = new Date(server.world.now().getTime() + round * 86_400_000);
    const world = { ...server.world, now: () => at };
    await createAnchor({ ...world, appendLeaves: createAppend(world) }).run();
    await createDayLines({ ...world, trail: createTrail(world), findSlowed }).run();
  }
};

it("lets nobody wait in a circle, whatever two processes do at once", async () => {
  const jobs = Promise.all([here, there].map(runJobs));
  const statuses = (await Promise.all(workOf())).flat();
  await jobs;
  expect([...new Set(statuses)].filter((status) => status !== 200 && status !== 204)).toEqual([]);
  const { rows } = await here.pool.query<{ deadlocks: string }>(
    "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
  );
  expect(rows).toEqual([{ deadlocks: "0" }]);
}, 120_000);
