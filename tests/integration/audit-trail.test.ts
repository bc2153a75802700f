import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { AUDIT_KINDS } from "../../src/protocol/public/audit.ts";
import type { AuditLink } from "../../src/protocol/public/audit-chain.ts";
import { base64url } from "../../src/protocol/public/bytes.ts";
import type { RosterEntry } from "../../src/protocol/public/roster.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { dayOf } from "../../src/protocol/public/time.ts";
import { createTrail } from "../../src/server/audit/trail.ts";
import { bodiesOf, recompute, runDayLines, said as saidTo } from "../support/audit.ts";
import { PLAIN_SETTINGS } from "../support/paper-newsroom.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  createClient,
  draw,
  entryOf,
  invite,
  keyStatements,
  logIn,
  loginBody,
  makePerson,
  makeVault,
  periodNow,
  rosterPost,
  setUp,
  startAgain,
  type TestNewsroom,
} from "../support/staff.ts";

let base: TestServer;
let server: TestServer;
let made: TestNewsroom;
let newest: { readonly number: number; readonly hash: Uint8Array };
beforeAll(async () => {
  base = await startTestServer();
});
afterAll(() => base.stop());
beforeEach(async () => {
  server = await startAgain(base, { now: new Date("2026-11-22T12:34:56Z") });
  made = await setUp(server);
  newest = { number: 1, hash: made.firstHash };
});
afterEach(() => server.stop());

const reader = (client = made.client) => ({ client, newsroomId: made.newsroom.newsroomId });

const said = (client = made.client) => saidTo(reader(client));

const sign = async (
  entries: readonly RosterEntry[],
  more: { readonly approveInvite?: string; readonly settings?: typeof PLAIN_SETTINGS } = {},
): Promise<void> => {
  const { settings, approveInvite } = more;
  const roster = rosterPost(server, made.newsroom, {
    number: newest.number + 1,
    previousHash: newest.hash,
    entries,
    ...(settings === undefined ? {} : { settings }),
  });
  const post = { statement: roster.statement, settings: roster.settings };
  const body = { ...z.encode(api.RosterPost, post), approveInvite };
  const answer = await made.client.post("/api/roster", body);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  newest = { number: answer.body.number, hash: roster.hash };
};

const ann = (place: Partial<RosterEntry> = {}) => entryOf(made.admin, place);
const bob = makePerson("bob", "Bob");
const bobEntry = (place: Partial<RosterEntry> = {}) =>
  entryOf(bob, { memberNumber: 2, position: 2, ...place });

const enrolBob = async () => {
  const { id, client } = await invite(server, made.client, bob);
  await sign([ann(), bobEntry()], { approveInvite: id });
  return client;
};

const ceilings = { ceilingBytes: 9_000_000, unclaimedBytes: 8_000, textReserveBytes: 7_000 };

const ALL = { before: 0, kinds: [], member: null, fromDay: null, toDay: null };

describe("a line is written", () => {
  it("for whatever an admin does to people, roster and settings", async () => {
    await enrolBob();
    const { id } = await invite(server, made.client, makePerson("cem", "Cem"));
    await made.client.delete(`/api/invites/${id}`);
    const paused = { ...PLAIN_SETTINGS, pauseSentence: "Back on Monday.", retentionDays: 9 };
    await sign([ann({ generation: 1 }), bobEntry()], { settings: paused });
    await sign([ann({ generation: 1 }), bobEntry()]);
    await sign([ann({ generation: 1 }), bobEntry({ state: "left", position: 0 })]);
    await sign([ann({ generation: 1 }), bobEntry({ state: "stolen", position: 0 })]);
    await sign([ann({ generation: 1 }), bobEntry({ state: "stolen", position: 0 })]);
    await made.client.post("/api/intake", ceilings);
    expect(await said()).toEqual([
      "set-up 1 ",
      "invite-made 1 ",
      "invite-answered  ",
      "member-approved 1 2",
      "roster-signed 1  2",
      "invite-made 1 ",
      "invite-answered  ",
      "invite-withdrawn 1 ",
      "keys-rotated 1 1 1",
      `settings-changed 1  ${(1 << 5) | (1 << 6)}`,
      "intake-paused 1 ",
      "roster-signed 1  3",
      `settings-changed 1  ${(1 << 5) | (1 << 6)}`,
      "intake-resumed 1 ",
      "roster-signed 1  4",
      "member-left 1 2",
      "roster-signed 1  5",
      "member-stolen 1 2",
      "roster-signed 1  6",
      "roster-signed 1  7",
      "ceilings-changed 1 ",
    ]);
  });

  it("for log-ins, recovery, a new passphrase, and leaving everywhere", async () => {
    server.moveSeconds(60);
    const client = await logIn(server, made.admin);
    server.moveSeconds(60);
    const { userName, totpCode } = loginBody(server, made.admin);
    const recoveryAuthKey = base64url(made.admin.recoveryAuthKey);
    await client.post("/api/recover", { userName, totpCode, recoveryAuthKey });
    const change = z.encode(api.PassphraseChange, {
      authKey: { kind: "passphrase", key: made.admin.authKey },
      salt: draw(16),
      memoryKiB: 65_536,
      passes: 3,
      newAuthKey: made.admin.authKey,
      newRecoveryAuthKey: made.admin.recoveryAuthKey,
      expectVersion: 1,
      vault: makeVault(),
    });
    expect((await client.post("/api/account/passphrase", change)).status).toBe(204);
    await client.post("/api/logout-everywhere");
    const again = await logIn(server, made.admin);
    expect(await said(again)).toEqual([
      "set-up 1 ",
      "logged-in 1 ",
      "recovery-used 1 ",
      "passphrase-changed 1 ",
      "logged-out-everywhere 1 ",
      "logged-in 1 ",
    ]);
  });

  it("for keys published, and not for the same ones again", async () => {
    const now = periodNow(server);
    const plan = { newsroom: made.newsroom, entry: ann() };
    const statements = keyStatements(made.admin, plan, [now + 2, now + 3]);
    const body = z.encode(api.MessagingKeysPost, { statements });
    await made.client.post("/api/messaging-keys", body);
    await made.client.post("/api/messaging-keys", body);
    expect(await said()).toEqual(["set-up 1 ", "keys-published 1  2"]);
  });

  it("with day and minute, and nothing finer", async () => {
    const [first] = bodiesOf((await recompute(reader())).links);
    expect(first).toMatchObject({ day: dayOf(Date.parse("2026-11-22")), minute: 12 * 60 + 34 });
  });

  it("not at all when what it tells of was refused or undone", async () => {
    await made.client.post("/api/invites", { tokenHash: "x", label: "" });
    await made.client.delete(`/api/invites/${base64url(draw(16))}`);
    await expect(
      server.world.db.$transaction(async (tx) => {
        await createTrail(server.world).append(tx, { kind: "invite-made", actor: 1 });
        throw new Error("undone");
      }),
    ).rejects.toThrow("undone");
    expect(await said()).toEqual(["set-up 1 "]);
  });
});

describe("wrong tries", () => {
  const tryWrongly = async (userName: string, times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      const body = { ...loginBody(server, made.admin), userName, authKey: base64url(draw(32)) };
      await createClient(server).post("/api/login", body);
      server.moveSeconds(61);
    }
  };

  it("that were made to wait are a count beside the log-in that ended them", async () => {
    await tryWrongly("ann", 5);
    await logIn(server, made.admin);
    expect((await said()).slice(1)).toEqual(["tries-slowed  1 5", "logged-in 1 "]);
    await tryWrongly("ann", 2);
    await logIn(server, made.admin);
    expect((await said()).slice(3)).toEqual(["logged-in 1 "]);
  });

  it("that nobody ended are a count on the next day; names that nobody has are only counted", async () => {
    await tryWrongly("ann", 6);
    for (const name of ["nobody", "no-one"]) await tryWrongly(name, 4);
    await tryWrongly("once", 1);
    await runDayLines(server);
    server.moveDays(1);
    await runDayLines(server);
    await runDayLines(server);
    const admin = await logIn(server, made.admin);
    expect((await said(admin)).slice(1)).toEqual([
      "tries-slowed  1 6",
      "unknown-names-slowed   2",
      "logged-in 1 ",
    ]);
  });
});

it("two processes that add lines at once keep one chain", async () => {
  const other = await startTestServer({ beside: server, now: server.world.now() });
  const there = createClient(other, made.client.cookie);
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, i) =>
      (i % 2 === 0 ? made.client : there).post("/api/intake", ceilings),
    ),
  );
  await other.stop();
  expect(answers.map(({ status }) => status)).toEqual(Array(24).fill(204));
  const { checked, faults, head } = await recompute(reader());
  expect({ checked, faults, last: head.number }).toEqual({ checked: 25, faults: [], last: 25 });
});

describe("a journalist", () => {
  it("sees what concerns everybody and their own, and can verify all of it", async () => {
    const client = await enrolBob();
    await logIn(server, made.admin);
    await logIn(server, bob);
    expect((await said(client)).slice(-2)).toEqual(["hidden", "logged-in 2 "]);
    const { faults, checked } = await recompute(reader(client));
    expect([faults, checked]).toEqual([[], 7]);
    const page = await client.post("/api/audit/page", ALL);
    expect(page.body.lines.map(({ number }: AuditLink) => number)).toEqual([7, 5, 4, 3, 2, 1]);
  });

  it("learns nothing from the hash of what is hidden: the same said twice has two hashes", async () => {
    const client = await enrolBob();
    for (let i = 0; i < 2; i++) {
      await made.client.post("/api/logout-everywhere");
      made = { ...made, client: await logIn(server, made.admin) };
    }
    const { links } = await recompute(reader(client));
    const hidden = links.filter(({ body }) => body === null).map(({ bodyHash }) => bodyHash);
    expect(new Set(hidden.map(base64url)).size).toBe(4);
  });
});

describe("pages", () => {
  const page = (query: object, client = made.client) =>
    client.post("/api/audit/page", { ...ALL, ...query });
  const numbers = async (query: object) => {
    const { body } = await page(query);
    return body.lines.map(({ number }: AuditLink) => number);
  };

  it("hold a hundred, newest first, by kind, person and day", async () => {
    await server.world.db.$transaction((tx) =>
      createTrail(server.world).append(
        tx,
        ...Array.from({ length: 120 }, () => ({ kind: "invite-made", actor: 1 }) as const),
      ),
    );
    server.moveDays(1);
    await server.world.db.$transaction((tx) =>
      createTrail(server.world).append(tx, { kind: "member-left", actor: 1, subject: 7 }),
    );
    made = { ...made, client: await logIn(server, made.admin) };
    await server.pool.query("DELETE FROM audit_line WHERE number = 123");
    const day = dayOf(server.world.now().getTime());
    const { body } = await page({});
    expect([body.lines.length, body.more, body.lines[0].number]).toEqual([100, true, 122]);
    expect((await page({ before: 23 })).body.more).toBe(false);
    expect(await numbers({ kinds: [AUDIT_KINDS["set-up"].code] })).toEqual([1]);
    expect(await numbers({ member: 7 })).toEqual([122]);
    expect(await numbers({ member: 0 })).toEqual([]);
    expect(await numbers({ fromDay: day })).toEqual([122]);
    expect(await numbers({ toDay: day - 1, before: 3 })).toEqual([2, 1]);
  });

  it("are for members alone, and no odd question is a fault of the server", async () => {
    expect((await page({}, createClient(server))).status).toBe(401);
    const odd = [{ before: -1 }, { kinds: Array(201).fill(1) }, { member: "x" }, { more: 1 }];
    for (const query of odd) expect((await page(query)).status).toBe(400);
    for (const after of ["-1", "x", "99999999999", "1.5"]) {
      expect((await made.client.get(`/api/audit/after/${after}`)).status).toBe(400);
    }
    expect((await made.client.get("/api/audit/after/2147483647")).status).toBe(200);
    expect((await createClient(server).get("/api/audit/after/0")).status).toBe(401);
  });
});
