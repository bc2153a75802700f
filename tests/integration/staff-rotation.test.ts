import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { openBundle, parseBundle } from "../../src/protocol/public/bundle.ts";
import { newestEra } from "../../src/protocol/public/newsroom-keys.ts";
import { RolePost, RotationPost } from "../../src/protocol/public/rotation-api.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { dayOf } from "../../src/protocol/public/time.ts";
import type { NewsroomSeed } from "../../src/protocol/secret/crypto.ts";
import {
  commitToNext,
  type RotationPlan,
  seedOfNewsroomWords,
  signRotation,
} from "../../src/protocol/secret/sign.ts";
import { lockRoster } from "../../src/server/database/roster-lock.ts";
import { lockWaits } from "../support/lock-waits.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  type Client,
  createClient,
  draw,
  entryOf,
  invite,
  logIn,
  makePerson,
  type Person,
  type PlannedRoster,
  rosterPost,
  setUp,
  startAgain,
  type TestNewsroom,
} from "../support/staff.ts";
import { sodium } from "../vectors/backends.ts";

let base: TestServer;
let server: TestServer;
beforeAll(async () => {
  base = await startTestServer();
});
afterAll(() => base.stop());
let made: TestNewsroom;
let admin: Client;
beforeEach(async () => {
  server = await startAgain(base, { now: new Date("2026-11-22T12:00:00Z") });
  made = await setUp(server);
  admin = made.client;
});
afterEach(() => server.stop());

type Change = Partial<RotationPlan> & { readonly roster?: Partial<PlannedRoster> };

/** The second roster under the key that the first sheet of words gives, with the rotation that makes it count. */
const rotation = ({ roster: changed, ...change }: Change = {}) => {
  const { newsroom, firstHash } = made;
  const seed = seedOfNewsroomWords(sodium, newsroom.words);
  const plan: RotationPlan = {
    newsroomId: newsroom.newsroomId,
    ordinal: 1,
    formerSeed: newsroom.seed,
    seed,
    nextCommitment: commitToNext(sodium, draw(32)),
    afterRoster: 1,
    day: dayOf(server.world.now().getTime()),
    ...change,
  };
  const key = sodium.ed25519PublicKey(plan.seed) as typeof newsroom.key;
  const next = rosterPost(
    server,
    { ...newsroom, seed: plan.seed, key },
    {
      number: 2,
      previousHash: firstHash,
      entries: [entryOf(made.admin)],
      ...changed,
    },
  );
  return { ...next, rotation: signRotation(sodium, plan) };
};

const post = (sent: ReturnType<typeof rotation>, client = admin) => {
  const { rotation: statement, statement: roster, settings } = sent;
  const body = { rotation: statement, statement: roster, settings };
  return client.post("/api/newsroom/rotate", z.encode(RotationPost, body));
};

const postRoster = (sent: ReturnType<typeof rosterPost>, client = admin) => {
  const { statement, settings } = sent;
  return client.post("/api/roster", z.encode(api.RosterPost, { statement, settings }));
};

const bundleNow = async (at = server) => {
  const { bytes } = await createClient(at).get("/api/newsroom");
  return openBundle(sodium, parseBundle(bytes));
};

const stored = async () => [
  await server.world.db.newsroomStatement.count(),
  await server.world.db.roster.count(),
];

describe("a new newsroom key", () => {
  it("is shown to everybody at once, with its roster", async () => {
    await bundleNow();
    const sent = rotation();
    expect((await post(sent)).body).toEqual({ ordinal: 1, number: 2 });
    const shown = await bundleNow();
    expect([shown.eras.length, shown.roster.hash]).toEqual([2, sent.hash]);
  });

  it("may be sent again when the answer was lost, also after later rosters", async () => {
    const sent = rotation();
    await post(sent);
    const seed = seedOfNewsroomWords(sodium, made.newsroom.words);
    const key = sodium.ed25519PublicKey(seed) as typeof made.newsroom.key;
    const third = { number: 3, previousHash: sent.hash, entries: [entryOf(made.admin)] };
    await postRoster(rosterPost(server, { ...made.newsroom, seed, key }, third));
    expect((await post(sent)).body).toEqual({ ordinal: 1, number: 2 });
    expect(await stored()).toEqual([2, 3]);
  });

  it("is one, when several are sent at once to two replicas", async () => {
    const other = await startTestServer({ beside: server, now: server.world.now() });
    const there = createClient(other, admin.cookie);
    const answers = await Promise.all(
      [admin, there, admin, there].map((client) => post(rotation(), client)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toEqual({ error: "roster-changed" });
    expect(await stored()).toEqual([2, 2]);
    expect((await bundleNow(other)).eras).toHaveLength(2);
    await other.stop();
  });

  it("and a roster of the old key at once: one of them, and the other comes too late", async () => {
    const other = await startTestServer({ beside: server, now: server.world.now() });
    const there = createClient(other, admin.cookie);
    const plan = { number: 2, previousHash: made.firstHash, entries: [entryOf(made.admin)] };
    const answers = await Promise.all([
      post(rotation()),
      postRoster(rosterPost(server, made.newsroom, { ...plan, validDays: 30 }), there),
    ]);
    await other.stop();
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await server.world.db.roster.count()).toBe(2);
    await bundleNow();
  });

  it("makes the old key's next roster come too late", async () => {
    await post(rotation());
    const plan = { number: 3, previousHash: rotation().hash, entries: [entryOf(made.admin)] };
    const answer = await postRoster(rosterPost(server, made.newsroom, plan));
    expect(answer.body).toEqual({ error: "roster-changed" });
  });

  it("is not asked of the old key when that is stolen", async () => {
    expect((await post(rotation({ formerSeed: null }))).status).toBe(200);
    expect(newestEra(await bundleNow()).stolen).toBe(true);
  });

  it.each<readonly [string, () => Change, string]>([
    ["a key nobody committed to", () => ({ seed: draw(32) as NewsroomSeed }), "bad-request"],
    ["a stranger for the old key", () => ({ formerSeed: draw(32) as NewsroomSeed }), "bad-request"],
    ["a gap before it", () => ({ ordinal: 2 }), "bad-request"],
    ["the place of the first statement", () => ({ ordinal: 0 }), "roster-changed"],
    ["another last roster", () => ({ afterRoster: 2 }), "roster-changed"],
    ["the highest roster there can be", () => ({ afterRoster: 0xffff_ffff }), "roster-changed"],
    ["a day of last week", () => ({ day: dayOf(server.world.now().getTime()) - 7 }), "bad-request"],
    ["a roster of another place", () => ({ roster: { number: 3 } }), "roster-changed"],
    [
      "a roster that also retires somebody",
      () => ({ roster: { entries: [entryOf(made.admin, { generation: 1 })] } }),
      "bad-request",
    ],
  ])("is refused with %s", async (_name, change, error) => {
    expect((await post(rotation(change()))).body).toEqual({ error });
    expect(await stored()).toEqual([1, 1]);
  });

  it("is refused when the roster is not under it", async () => {
    const sent = rotation();
    const plan = { number: 2, previousHash: made.firstHash, entries: [entryOf(made.admin)] };
    const old = rosterPost(server, made.newsroom, plan);
    expect((await post({ ...sent, ...old })).body).toEqual({ error: "bad-request" });
    expect(await stored()).toEqual([1, 1]);
  });

  it.each([
    ["nothing", {}],
    ["a rotation of another length", { rotation: "AAAA", statement: "AAAA", settings: "AAAA" }],
    ["bytes of no statement", { rotation: "A".repeat(324), statement: "AAAA", settings: "AAAA" }],
    ["a number for bytes", { rotation: 7, statement: "AAAA", settings: "AAAA" }],
  ])("is refused as %s, and breaks nothing", async (_name, body) => {
    expect((await admin.post("/api/newsroom/rotate", body)).body).toEqual({ error: "bad-request" });
    expect(await stored()).toEqual([1, 1]);
  });
});

/** Bob, a member with number 2. */
const enrol = async (
  person: Person,
  memberNumber = 2,
  before = { number: 1, hash: made.firstHash },
) => {
  const { id, client } = await invite(server, admin, person);
  const others = await currentEntries();
  const entry = entryOf(person, { memberNumber, position: memberNumber });
  const next = rosterPost(server, made.newsroom, {
    number: before.number + 1,
    previousHash: before.hash,
    entries: [...others, entry],
  });
  const { statement, settings } = next;
  const body = z.encode(api.RosterPost, { statement, settings });
  const answer = await admin.post("/api/roster", { ...body, approveInvite: id });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return { client, newest: { number: before.number + 1, hash: next.hash } };
};

const currentEntries = async () => [...(await bundleNow()).roster.entries];

const setRole = (client: Client, memberNumber: number, role: "admin" | "journalist") =>
  client.post("/api/people/role", z.encode(RolePost, { memberNumber, role }));

const roles = async (): Promise<readonly string[]> => {
  const { body } = await admin.get("/api/people");
  return body.people.map(({ role }: { role: string }) => role);
};

describe("an admin's rights", () => {
  it("are given and taken by admins, and may be asked for twice", async () => {
    const { client } = await enrol(makePerson("bob", "Bob"));
    expect((await setRole(client, 2, "admin")).body).toEqual({ error: "forbidden" });
    expect((await setRole(admin, 2, "admin")).status).toBe(204);
    expect((await setRole(admin, 2, "admin")).status).toBe(204);
    expect(await roles()).toEqual(["admin", "admin"]);
    expect((await setRole(client, 1, "journalist")).status).toBe(204);
    expect((await setRole(admin, 2, "journalist")).body).toEqual({ error: "forbidden" });
  });

  it("stay with the last admin", async () => {
    await enrol(makePerson("bob", "Bob"));
    expect((await setRole(admin, 1, "journalist")).body).toEqual({ error: "last-admin" });
    expect(await roles()).toEqual(["admin", "journalist"]);
  });

  it("stay with one of two who take them from each other at once, on two replicas", async () => {
    const { client } = await enrol(makePerson("bob", "Bob"));
    await setRole(admin, 2, "admin");
    const other = await startTestServer({ beside: server, now: server.world.now() });
    const there = createClient(other, client.cookie);
    const answers = await Promise.all([
      setRole(admin, 2, "journalist"),
      setRole(there, 1, "journalist"),
    ]);
    await other.stop();
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 403]);
    const left = await server.world.db.account.count({ where: { role: "admin" } });
    expect(left).toBe(1);
  });

  it("are nobody's whom the newsroom does not know, or who waits for approval", async () => {
    await invite(server, admin, makePerson("bob", "Bob"));
    expect((await setRole(admin, 2, "admin")).body).toEqual({ error: "not-found" });
    expect((await setRole(admin, 0, "admin")).body).toEqual({ error: "not-found" });
    expect((await admin.post("/api/people/role", { memberNumber: 1, role: "owner" })).status).toBe(
      400,
    );
    expect(await roles()).toEqual(["admin", "journalist"]);
  });

  it("are asked again for a list that has waited while they were taken", async () => {
    const bob = makePerson("bob", "Bob");
    const { newest } = await enrol(bob);
    await setRole(admin, 2, "admin");
    const client = await logIn(server, bob);
    const next = { number: 3, previousHash: newest.hash, entries: await currentEntries() };
    const answer = await server.world.db.$transaction(async (tx) => {
      await lockRoster(tx, "exclusive");
      const asked = postRoster(rosterPost(server, made.newsroom, next), client);
      await lockWaits(server.pool);
      await tx.account.updateMany({ where: { memberNumber: 2 }, data: { role: "journalist" } });
      return [asked];
    });
    expect((await answer[0])?.body).toEqual({ error: "forbidden" });
    expect(await server.world.db.roster.count()).toBe(2);
  });

  it("end at once: a session of before changes no key any more", async () => {
    const bob = makePerson("bob", "Bob");
    const { newest } = await enrol(bob);
    await setRole(admin, 2, "admin");
    const client = await logIn(server, bob);
    await setRole(admin, 2, "journalist");
    const entries = await currentEntries();
    const roster = { number: 3, previousHash: newest.hash, entries };
    const sent = rotation({ afterRoster: 2, roster });
    expect((await post(sent, client)).body).toEqual({ error: "forbidden" });
    expect((await post(sent)).body).toEqual({ ordinal: 1, number: 3 });
  });
});
