import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { openBundle, parseBundle } from "../../src/protocol/public/bundle.ts";
import { readerOf } from "../../src/protocol/public/bytes.ts";
import { parseMessagingKey } from "../../src/protocol/public/messaging-key.ts";
import type { RosterEntry } from "../../src/protocol/public/roster.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { PLAIN_SETTINGS } from "../support/paper-newsroom.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  type Client,
  createClient,
  entryOf,
  invite,
  keyStatements,
  logIn,
  makePerson,
  type Person,
  type PlannedRoster,
  periodNow,
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
let annEntry: RosterEntry;
let newest: { readonly number: number; readonly hash: Uint8Array };
beforeEach(async () => {
  server = await startAgain(base, { now: new Date("2026-11-22T12:00:00Z") });
  made = await setUp(server);
  admin = made.client;
  annEntry = entryOf(made.admin);
  newest = { number: 1, hash: made.firstHash };
});
afterEach(() => server.stop());

const next = (plan: Partial<PlannedRoster> & { readonly entries: readonly RosterEntry[] }) =>
  rosterPost(server, made.newsroom, {
    number: newest.number + 1,
    previousHash: newest.hash,
    ...plan,
  });

const post = async (
  roster: ReturnType<typeof next>,
  { client = admin, approveInvite }: { client?: Client; approveInvite?: string } = {},
) => {
  const { statement, settings, hash } = roster;
  const body = z.encode(api.RosterPost, { statement, settings });
  const answer = await client.post("/api/roster", { ...body, approveInvite });
  if (answer.status === 200) newest = { number: answer.body.number, hash };
  return answer;
};

const bundleNow = async () => {
  const { bytes } = await createClient(server).get("/api/newsroom");
  const bundle = parseBundle(bytes);
  return { bundle, ...openBundle(sodium, bundle) };
};

/** Bob, invited and signed in as member 2. */
const enrol = async (bob: Person) => {
  const { id, client } = await invite(server, admin, bob);
  const entry = entryOf(bob, { memberNumber: 2, position: 2 });
  const answer = await post(next({ entries: [annEntry, entry] }), { approveInvite: id });
  return { client, entry, answer };
};

const LEFT = { state: "left", position: 0 } as const;

describe("the next roster", () => {
  it("is stored with its settings and shown to everybody at once", async () => {
    await bundleNow();
    const settings = { ...PLAIN_SETTINGS, pauseSentence: "Back on Monday." };
    const answer = await post(next({ entries: [annEntry], settings }));
    expect(answer.body).toEqual({ number: 2 });
    const shown = await bundleNow();
    expect(shown.roster.number).toBe(2);
    expect(shown.settings.pauseSentence).toBe("Back on Monday.");
  });

  it("is one, when several are sent at once to two replicas", async () => {
    const other = await startTestServer({ beside: server, now: server.world.now() });
    const there = createClient(other, admin.cookie);
    const posts = ["a", "b", "c", "d"].map((pauseSentence) =>
      next({ entries: [annEntry], settings: { ...PLAIN_SETTINGS, pauseSentence } }),
    );
    const answers = await Promise.all(
      posts.map((one, i) => post(one, { client: i % 2 === 0 ? admin : there })),
    );
    await other.stop();
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(answers.filter(({ status }) => status === 409)[0]?.body).toEqual({
      error: "roster-changed",
    });
    expect(await server.world.db.roster.count()).toBe(2);
  });

  it("may be sent again when the answer was lost", async () => {
    const roster = next({ entries: [annEntry] });
    expect((await post(roster)).status).toBe(200);
    expect((await post(roster)).body).toEqual({ number: 2 });
  });

  it("is refused on another base, with other words, or against the chain's rules", async () => {
    const raised = { ...annEntry, generation: 1 };
    expect((await post(next({ entries: [raised] }))).status).toBe(200);
    const stale = next({
      entries: [raised],
      number: 2,
      previousHash: made.firstHash,
      validDays: 34,
    });
    expect((await post(stale)).body).toEqual({ error: "roster-changed" });
    const lowered = next({ entries: [annEntry] });
    expect((await post(lowered)).body).toEqual({ error: "bad-request" });
    const good = next({ entries: [raised] });
    const otherWords = next({
      entries: [raised],
      settings: { ...PLAIN_SETTINGS, newsroomName: "Another" },
    });
    const mixed = { ...good, settings: otherWords.settings };
    expect((await post(mixed)).body).toEqual({ error: "bad-request" });
    const long = next({ entries: [raised], validDays: 200 });
    expect((await post(long)).body).toEqual({ error: "bad-request" });
    expect(await server.world.db.roster.count()).toBe(2);
  });

  it("is an admin's to send", async () => {
    const { client, entry } = await enrol(makePerson("bob", "Bob"));
    const roster = next({ entries: [annEntry, entry] });
    expect((await post(roster, { client })).body).toEqual({ error: "forbidden" });
    expect((await post(roster, { client: createClient(server) })).status).toBe(401);
  });

  it("cannot leave the newsroom without an admin", async () => {
    const { entry } = await enrol(makePerson("bob", "Bob"));
    const roster = next({
      entries: [
        { ...annEntry, ...LEFT },
        { ...entry, position: 1 },
      ],
    });
    expect((await post(roster)).body).toEqual({ error: "forbidden" });
  });
});

describe("the chain", () => {
  it("is given with settings, from a number on", async () => {
    await post(next({ entries: [annEntry] }));
    await post(next({ entries: [annEntry] }));
    const reader = readerOf((await admin.get("/api/rosters?from=2")).bytes);
    const count = reader.u16();
    const items = Array.from({ length: count * 2 }, () => reader.sized(200_000).length);
    reader.end();
    expect([count, items.every((length) => length > 0)]).toEqual([2, true]);
    expect((await admin.get("/api/rosters?from=x")).status).toBe(400);
    expect((await createClient(server).get("/api/rosters")).status).toBe(401);
  });
});

describe("a newcomer", () => {
  it("is nobody's reader before an admin signs, and a member from then on", async () => {
    const bob = makePerson("bob", "Bob");
    const { id, client, answer } = await invite(server, admin, bob);
    expect(answer.body).toMatchObject({ userName: "bob", role: "journalist", memberNumber: null });
    expect((await client.get("/api/messaging-keys/closed")).body).toEqual({ error: "forbidden" });
    expect((await bundleNow()).roster.entries.length).toBe(1);
    const shown = await admin.get("/api/invites");
    const { identity, static: staticKey } = entryOf(bob);
    expect(z.decode(api.Invites, shown.body).invites).toMatchObject([
      { state: "answered", answer: { userName: "bob", identityKey: identity, staticKey } },
    ]);
    const entry = entryOf(bob, { memberNumber: 2, position: 2 });
    await post(next({ entries: [annEntry, entry] }), { approveInvite: id });
    expect((await client.get("/api/me")).body).toMatchObject({ memberNumber: 2 });
    expect((await admin.get("/api/invites")).body).toEqual({ invites: [] });
  });

  it("is not approved under other keys than those compared", async () => {
    const { id } = await invite(server, admin, makePerson("bob", "Bob"));
    const entry = entryOf(makePerson("eve"), { memberNumber: 2, position: 2 });
    const answer = await post(next({ entries: [annEntry, entry] }), { approveInvite: id });
    expect(answer.status).toBe(400);
    expect(await server.world.db.roster.count()).toBe(1);
  });

  it("comes with an invite, or not at all", async () => {
    const entry = entryOf(makePerson("eve"), { memberNumber: 2, position: 2 });
    expect((await post(next({ entries: [annEntry, entry] }))).status).toBe(400);
  });
});

describe("whoever has not unlocked for 30 days", () => {
  it("is not offered to sources, unless nobody else is left", async () => {
    const bob = makePerson("bob", "Bob");
    const { client, entry } = await enrol(bob);
    const publish = (by: Client, statements: Uint8Array[]) =>
      by.post("/api/messaging-keys", z.encode(api.MessagingKeysPost, { statements }));
    const ahead = [4, 5].map((periods) => periodNow(server) + periods);
    const { newsroom } = made;
    await publish(client, keyStatements(bob, { newsroom, entry }, ahead));
    await publish(admin, keyStatements(made.admin, { newsroom, entry: annEntry }, ahead));
    const offered = async () => {
      const { messagingKeys } = (await bundleNow()).bundle;
      return [...new Set(messagingKeys.map((key) => parseMessagingKey(key).memberNumber))];
    };

    server.moveDays(31);
    expect(await offered()).toEqual([1, 2]);
    await logIn(server, made.admin);
    server.moveDays(1);
    expect(await offered()).toEqual([1]);
  });
});

describe("whoever left", () => {
  it.each(["left", "stolen"] as const)(
    "(%s) has no session, account, vault or key",
    async (state) => {
      const bob = makePerson("bob", "Bob");
      const { client, entry } = await enrol(bob);
      const plan = { newsroom: made.newsroom, entry };
      const statements = keyStatements(bob, plan, [periodNow(server)]);
      await client.post("/api/messaging-keys", z.encode(api.MessagingKeysPost, { statements }));
      expect((await bundleNow()).bundle.messagingKeys.length).toBe(2);

      await post(next({ entries: [annEntry, { ...entry, state, position: 0 }] }));

      expect((await client.get("/api/me")).status).toBe(401);
      await expect(logIn(server, bob)).rejects.toThrow("wrong-login");
      expect((await bundleNow()).bundle.messagingKeys.length).toBe(1);
      const { db } = server.world;
      const kept = [
        await db.account.count({ where: { userName: "bob" } }),
        await db.vaultRecord.count({ where: { account: { userName: "bob" } } }),
        await db.messagingKey.count({ where: { memberNumber: 2 } }),
        await db.session.count(),
      ];
      expect(kept).toEqual([0, 0, 0, 1]);
      const people = await admin.get("/api/people");
      expect(people.body.people).toMatchObject([
        { userName: "ann", role: "admin", memberNumber: 1 },
      ]);
    },
  );
});
