import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { base64url } from "../../src/protocol/public/bytes.ts";
import type { IdentityPublicKey, StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import type { KeyChange } from "../../src/protocol/public/key-change.ts";
import { KeyChangePost } from "../../src/protocol/public/lasting-keys-api.ts";
import type { RosterEntry } from "../../src/protocol/public/roster.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { signKeyChange } from "../../src/protocol/secret/key-change.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  type Client,
  draw,
  entryOf,
  invite,
  keyStatements,
  makePerson,
  type Person,
  periodNow,
  rosterPost,
  setUp,
  startAgain,
  type TestNewsroom,
} from "../support/staff.ts";
import { sodium } from "../vectors/backends.ts";

/** New identity and static keys of a member: asked for, signed into a roster by an admin, or taken back. */

let base: TestServer;
let server: TestServer;
beforeAll(async () => {
  base = await startTestServer();
});
afterAll(() => base.stop());
let made: TestNewsroom;
let newest: { readonly number: number; readonly hash: Uint8Array };
let ann: RosterEntry;
let bob: Person;
let bobEntry: RosterEntry;
let bobs: Client;
beforeEach(async () => {
  server = await startAgain(base, { now: new Date("2026-11-22T12:00:00Z") });
  made = await setUp(server);
  newest = { number: 1, hash: made.firstHash };
  ann = entryOf(made.admin);
  bob = makePerson("bob", "Bob");
  const { id, client } = await invite(server, made.client, bob);
  bobs = client;
  bobEntry = entryOf(bob, { memberNumber: 2, position: 2 });
  expect((await post([ann, bobEntry], id)).status).toBe(200);
});
afterEach(() => server.stop());

const signed = (entries: readonly RosterEntry[]) =>
  rosterPost(server, made.newsroom, {
    number: newest.number + 1,
    previousHash: newest.hash,
    entries,
  });

const post = async (entries: readonly RosterEntry[], approveInvite?: string) => {
  const { statement, settings, hash } = signed(entries);
  const body = z.encode(api.RosterPost, { statement, settings });
  const answer = await made.client.post("/api/roster", { ...body, approveInvite });
  if (answer.status === 200) newest = { number: answer.body.number, hash };
  return answer;
};

/** Bob's next keys, and how the roster would name them. */
const drawNext = (stolen = false) => {
  const next = { ...makePerson("bob", "Bob"), authKey: bob.authKey };
  const identity = sodium.ed25519PublicKey(next.identitySeed) as IdentityPublicKey;
  const staticKey = sodium.x25519PublicKey(next.staticPrivate) as StaticPublicKey;
  const change: KeyChange = {
    memberNumber: 2,
    stolen,
    oldIdentity: bobEntry.identity,
    identity,
    static: staticKey,
  };
  const old = { ...bobEntry, state: stolen ? "stolen" : "rotated", position: 0 } as const;
  const entry = { ...bobEntry, identity, static: staticKey, generation: 1 };
  return { next, change, old, entry };
};

type Next = ReturnType<typeof drawNext>;
const statementOf = ({ next, change }: Pick<Next, "next" | "change">, by: Person = bob) =>
  signKeyChange(sodium, {
    newsroomId: made.newsroom.newsroomId,
    change,
    oldSeed: by.identitySeed,
    newSeed: next.identitySeed,
  });
const ask = (statement: Uint8Array, client = bobs) =>
  client.post("/api/key-changes", z.encode(KeyChangePost, { statement }));
const waiting = async (client: Client) =>
  (await client.get("/api/key-changes")).body.changes as { memberNumber: number }[];

describe("a member's new keys", () => {
  it("are asked for once, the same again is no fault, and others do not take their place", async () => {
    const wish = drawNext();
    expect((await ask(statementOf(wish))).status).toBe(204);
    expect((await ask(statementOf(wish))).status).toBe(204);
    expect((await ask(statementOf(drawNext()))).body).toEqual({ error: "key-exists" });
    expect(await waiting(bobs)).toEqual(await waiting(made.client));
    expect((await waiting(bobs)).map(({ memberNumber }) => memberNumber)).toEqual([2]);
  });

  it("need the signatures of the key they replace and of themselves", async () => {
    const wish = drawNext();
    const { change, next } = wish;
    const refusals = [
      await ask(statementOf(wish, made.admin)),
      await ask(statementOf({ change, next: makePerson("eve") })),
      await ask(statementOf({ change: { ...change, memberNumber: 1 }, next })),
      await ask(statementOf({ change: { ...change, oldIdentity: ann.identity }, next })),
      await ask(statementOf({ change: { ...change, static: new Uint8Array(32) as never }, next })),
      await ask(statementOf(wish), made.client),
      await ask(statementOf(wish).subarray(1)),
    ];
    const refused = "bad-request";
    const other = "roster-changed";
    expect(refusals.map(({ body }) => body.error)).toEqual([
      ...[refused, refused, other, other, refused, refused, refused],
    ]);
    expect(await waiting(made.client)).toEqual([]);
  });

  it.each([false, true])(
    "are signed into the next list (stolen: %s), and only once",
    async (stolen) => {
      const wish = drawNext(stolen);
      await ask(statementOf(wish));
      expect((await post([ann, wish.old, wish.entry])).status).toBe(200);
      expect(await waiting(made.client)).toEqual([]);
      expect((await ask(statementOf(wish))).body.error).toBe("roster-changed");
      const keys = { newsroom: made.newsroom, entry: wish.entry };
      const statements = keyStatements(wish.next, keys, [periodNow(server)]);
      const published = await bobs.post(
        "/api/messaging-keys",
        z.encode(api.MessagingKeysPost, { statements }),
      );
      expect(published.status).toBe(204);
    },
  );

  it("are not signed in unasked, under other keys, in another way or without a new generation", async () => {
    const wish = drawNext();
    const { old, entry } = wish;
    const other = drawNext();
    const unasked = await post([ann, old, entry]);
    await ask(statementOf(wish));
    const refusals = [
      await post([ann, other.old, other.entry]),
      await post([ann, { ...old, state: "stolen" }, entry]),
      await post([ann, { ...old, state: "left" }, { ...entry, memberNumber: 3 }]),
      await post([ann, old, { ...entry, generation: 0 }]),
      await post([ann, bobEntry, { ...entry, state: "rotated", position: 0 }]),
    ];
    expect(unasked.body).toEqual({ error: "not-found" });
    expect(refusals.map(({ body }) => body.error)).toEqual(Array(5).fill("bad-request"));
    expect((await waiting(bobs)).length).toBe(1);
  });

  it("are signed once, when two admins' windows approve at once", async () => {
    const wish = drawNext();
    await ask(statementOf(wish));
    const plan = [
      [ann, wish.old, wish.entry],
      [{ ...ann, name: "Anna" }, wish.old, wish.entry],
    ];
    const answers = await Promise.all(
      plan.map((entries) => {
        const { statement, settings } = signed(entries);
        return made.client.post("/api/roster", z.encode(api.RosterPost, { statement, settings }));
      }),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it("are either signed or taken back, when both come at once", async () => {
    for (let round = 0; round < 6; round++) {
      const wish = drawNext();
      await ask(statementOf(wish));
      const [approved, dropped] = await Promise.all([
        post([ann, wish.old, wish.entry]),
        bobs.delete("/api/key-changes/2"),
      ]);
      expect(dropped.status).toBe(204);
      expect([200, 404]).toContain(approved.status);
      expect(await waiting(made.client)).toEqual([]);
      if (approved.status === 200) return;
    }
  });

  it("are taken back by the member or an admin, and by nobody else", async () => {
    const wish = drawNext();
    await ask(statementOf(wish));
    await made.client.delete("/api/key-changes/2");
    expect(await waiting(bobs)).toEqual([]);
    expect((await bobs.delete("/api/key-changes/1")).body).toEqual({ error: "forbidden" });
    expect((await bobs.delete("/api/key-changes/x")).body).toEqual({ error: "bad-request" });
    expect((await post([ann, wish.old, wish.entry])).body).toEqual({ error: "not-found" });
  });

  it("go with whoever is retired meanwhile", async () => {
    await ask(statementOf(drawNext()));
    expect((await post([ann, { ...bobEntry, state: "left", position: 0 }])).status).toBe(200);
    expect(await waiting(made.client)).toEqual([]);
  });
});

describe("an archive key", () => {
  const ids = Array.from({ length: 20 }, () => base64url(draw(16)));
  const to = (from: number, next: number) =>
    bobs.post("/api/archive", { from: ids[from], to: ids[next] });
  const state = async () => (await bobs.get("/api/archive")).body;

  it("follows the one before, once, however often it is asked for", async () => {
    const answers = [await to(0, 1), await to(0, 1), await to(0, 2), await to(1, 0)];
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 409, 409]);
    expect(await state()).toEqual({
      keyId: ids[1],
      wraps: 0,
      former: [{ keyId: ids[0], left: 0 }],
      untried: [],
    });
    await bobs.post("/api/archive/destroyed", { keyId: ids[0] });
    await bobs.post("/api/archive/destroyed", { keyId: ids[0] });
    expect((await state()).former).toEqual([]);
  });

  it("is one, when two windows change it at once", async () => {
    await to(0, 1);
    const answers = await Promise.all([to(1, 2), to(1, 3), to(1, 2)]);
    expect(answers.filter(({ status }) => status === 409).length).toBeGreaterThan(0);
    const { keyId, former } = await state();
    expect([ids[2], ids[3]]).toContain(keyId);
    expect(former.length).toBe(2);
  });

  it("cannot be changed for ever without destroying", async () => {
    for (let at = 0; at < 16; at++) expect((await to(at, at + 1)).status).toBe(204);
    expect((await to(16, 17)).body).toEqual({ error: "too-large" });
  });
});
