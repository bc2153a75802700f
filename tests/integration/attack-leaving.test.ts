import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod/mini";
import { base64url } from "../../src/protocol/public/bytes.ts";
import type { StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import { factorResetTokenHash } from "../../src/protocol/public/invite-token.ts";
import { encodeLetter, LETTER_CLASSES } from "../../src/protocol/public/letter.ts";
import { KEM_CIPHERTEXT, TAG } from "../../src/protocol/public/limits.ts";
import type { RosterEntry } from "../../src/protocol/public/roster.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { lockWaits } from "../support/lock-waits.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  type Client,
  createClient,
  draw,
  entryOf,
  invite,
  loginBody,
  makePerson,
  type Person,
  rosterPost,
  setUp,
  type TestNewsroom,
} from "../support/staff.ts";
import { sodium } from "../vectors/backends.ts";

/** Somebody leaves at the moment in which something of theirs is being stored. Another process is played by a connection. */
let server: TestServer;
let made: TestNewsroom;
let other: pg.PoolClient;
let entries: readonly RosterEntry[];
let newest: { number: number; hash: Uint8Array };

beforeAll(async () => {
  server = await startTestServer();
  made = await setUp(server);
  entries = [entryOf(made.admin)];
  newest = { number: 1, hash: made.firstHash };
  other = await server.pool.connect();
});
afterAll(async () => {
  other.release();
  await server.stop();
});

const sign = async (next: readonly RosterEntry[], approveInvite?: string) => {
  const number = newest.number + 1;
  const plan = { number, previousHash: newest.hash, entries: next };
  const { statement, settings, hash } = rosterPost(server, made.newsroom, plan);
  const body = z.encode(api.RosterPost, { statement, settings });
  const answer = await made.client.post(
    "/api/roster",
    approveInvite === undefined ? body : { ...body, approveInvite },
  );
  if (answer.status === 200) {
    entries = next;
    newest = { number, hash };
  }
  return answer;
};

type Joined = { readonly person: Person; readonly client: Client; readonly memberNumber: number };

const join = async (name: string): Promise<Joined> => {
  const person = makePerson(name);
  const { id, client } = await invite(server, made.client, person);
  const memberNumber = entries.length + 1;
  const position = entries.filter(({ state }) => state === "current").length + 1;
  const { status } = await sign([...entries, entryOf(person, { memberNumber, position })], id);
  expect(status).toBe(200);
  return { person, client, memberNumber };
};

const retire = ({ memberNumber }: Joined) =>
  sign(
    entries.map((one) =>
      one.memberNumber === memberNumber ? { ...one, state: "left", position: 0 } : one,
    ),
  );

const storeSlot = async (memberNumber: number, arrival: number): Promise<void> => {
  const bytes = draw(32);
  await server.pool.query(
    `INSERT INTO message (arrival, mailbox_id, message_id, day, by, header, header_hash, delete_token_hash,
       sealed_summary, sealed_body, body_hash, source_slot, roster_number, period)
     VALUES ($1, $2, $2, 1, 0, $2, $2, $2, $2, $2, $2, $2, 1, 1)`,
    [arrival, bytes],
  );
  await server.pool.query(
    "INSERT INTO slot (member_number, arrival, period, generation, bytes) VALUES ($1, $2, 1, 0, $3)",
    [memberNumber, arrival, bytes],
  );
};

/** As `storeWraps` and `destroyed` lock: what comes first is held while the next is asked for. */
const whileHeld = async (joined: Joined, first: string, then: string) => {
  await other.query("BEGIN");
  await other.query(first, [joined.memberNumber]);
  const retired = retire(joined);
  await lockWaits(server.pool, 1);
  await other.query(then, [joined.memberNumber]).catch(() => undefined);
  await other.query("ROLLBACK");
  return retired;
};

it("retires a member whose browser is storing wraps at that moment", async () => {
  const ben = await join("ben");
  await storeSlot(ben.memberNumber, 1);
  await server.pool.query("INSERT INTO archive_key (member_number, key_id) VALUES ($1, $2)", [
    ben.memberNumber,
    draw(16),
  ]);
  const { status, body } = await whileHeld(
    ben,
    "SELECT turn FROM archive_key WHERE member_number = $1 FOR SHARE",
    "SELECT arrival FROM slot WHERE member_number = $1 FOR UPDATE",
  );
  expect([status, body]).toEqual([200, { number: newest.number }]);
});

it("retires a member whose browser is destroying keys at that moment", async () => {
  const cem = await join("cem");
  await storeSlot(cem.memberNumber, 2);
  await server.pool.query(
    `INSERT INTO messaging_key (member_number, generation, period, statement) VALUES ($1, 0, 1, '\\x00')`,
    [cem.memberNumber],
  );
  const { status, body } = await whileHeld(
    cem,
    "SELECT arrival FROM slot WHERE member_number = $1 FOR UPDATE",
    "DELETE FROM messaging_key WHERE member_number = $1",
  );
  expect([status, body]).toEqual([200, { number: newest.number }]);
});

/** The account is gone when the request that waits for it goes on. */
const whileLeaving = async <Answer>(joined: Joined, work: () => Promise<Answer>) => {
  await other.query("BEGIN");
  await other.query("DELETE FROM account WHERE member_number = $1", [joined.memberNumber]);
  // A request is sent once somebody waits for its answer.
  const answer = work().then((value) => value);
  await lockWaits(server.pool, 1);
  await other.query("COMMIT");
  return answer;
};

const letter = (): string =>
  base64url(
    encodeLetter({
      generation: 0,
      period: 1,
      senderStatic: draw(32) as StaticPublicKey,
      ciphertext: draw(KEM_CIPHERTEXT),
      sealed: draw(LETTER_CLASSES[0] + TAG),
    }),
  );

it("answers not-found to a letter for somebody who has just left", async () => {
  const dan = await join("dan");
  const { status, body } = await whileLeaving(dan, () =>
    made.client.post("/api/letters", { to: dan.memberNumber, letter: letter() }),
  );
  expect([status, body.error]).toEqual([404, "not-found"]);
});

it("answers not-logged-in to new recovery codes of somebody who has just left", async () => {
  const eve = await join("eve");
  const codes = Array.from({ length: 10 }, (_, place) => `${place}ABCDEFGHJKMN`);
  const authKey = base64url(eve.person.authKey);
  const { status, body } = await whileLeaving(eve, () =>
    eve.client.post("/api/factors/codes", { authKey, codes }),
  );
  expect([status, body.error]).toEqual([401, "not-logged-in"]);
});

/** As the roster's room does: the account first, then what is kept for the member. */
const whileDropped = async <Answer>(joined: Joined, work: () => Promise<Answer>) => {
  const { memberNumber } = joined;
  await server.pool.query("INSERT INTO archive_key (member_number, key_id) VALUES ($1, $2)", [
    memberNumber,
    Buffer.alloc(16, 1),
  ]);
  await other.query("BEGIN");
  await other.query("DELETE FROM account WHERE member_number = $1", [memberNumber]);
  await other.query("DELETE FROM archive_key WHERE member_number = $1", [memberNumber]);
  const answer = work().then((value) => value);
  await lockWaits(server.pool, 1);
  await other.query("COMMIT");
  return answer;
};

const archiveRows = async ({ memberNumber }: Joined): Promise<number> => {
  const where = { memberNumber };
  const { archiveKey, formerArchiveKey } = server.world.db;
  return (await archiveKey.count({ where })) + (await formerArchiveKey.count({ where }));
};

it("keeps no archive key for somebody who has just left, whose browser begins the next one", async () => {
  const hal = await join("hal");
  const [from, to] = [1, 2].map((byte) => base64url(new Uint8Array(16).fill(byte)));
  const { status, body } = await whileDropped(hal, () =>
    hal.client.post("/api/archive", { from, to }),
  );
  expect([status, body.error]).toEqual([403, "forbidden"]);
  expect(await archiveRows(hal)).toBe(0);
});

it.each(["/api/messages/wraps", "/api/archive/wraps"])(
  "keeps no archive key for somebody who has just left, whose browser stores wraps by %s",
  async (path) => {
    const joined = await join(`kim-${path.split("/")[2]}`);
    const none = new Uint8Array([...new Uint8Array(16).fill(1), 0, 0]);
    const storing = () =>
      fetch(`${server.newsroom}${path}`, {
        method: "POST",
        headers: {
          cookie: joined.client.cookie,
          origin: server.newsroom,
          "content-type": "application/octet-stream",
        },
        body: none,
      });
    expect((await whileDropped(joined, storing)).status).toBe(403);
    expect(await archiveRows(joined)).toBe(0);
  },
);

it("leaves one link open of two that admins make at once for one colleague", async () => {
  const fay = await join("fay");
  const make = () =>
    made.client
      .post("/api/factor-resets", {
        memberNumber: fay.memberNumber,
        tokenHash: base64url(factorResetTokenHash(sodium, draw(32))),
      })
      .then(({ status }) => status);
  await other.query("BEGIN");
  await other.query("SELECT 1 FROM account WHERE member_number = $1 FOR UPDATE", [
    fay.memberNumber,
  ]);
  const both = [make(), make()];
  await lockWaits(server.pool, 2);
  await other.query("COMMIT");
  expect(await Promise.all(both)).toEqual([200, 200]);
  const { body } = await made.client.get("/api/factor-resets");
  expect(body.resets).toHaveLength(1);
});

it("gives no session to the old passphrase while a new one is being set", async () => {
  const gil = await join("gil");
  server.moveSeconds(60);
  await other.query("BEGIN");
  // As a new passphrase does: other hashes, other wraps, and every other session ends.
  await other.query(
    `UPDATE account SET auth_hash = recovery_auth_hash, wrapped_key = $2, recovery_wrapped_key = $2,
       sessions_ended = sessions_ended + 1 WHERE member_number = $1`,
    [gil.memberNumber, draw(72)],
  );
  const entering = createClient(server)
    .post("/api/login", loginBody(server, gil.person))
    .then(({ status, body }) => [status, body.error]);
  await lockWaits(server.pool, 1);
  await other.query("COMMIT");
  expect(await entering).toEqual([401, "wrong-login"]);
});

it("leaves no session of a log-in that had begun when its owner logged out everywhere", async () => {
  const ivy = await join("ivy");
  server.moveSeconds(60);
  await other.query("BEGIN");
  await other.query("SELECT 1 FROM account WHERE member_number = $1 FOR UPDATE", [
    ivy.memberNumber,
  ]);
  // It has been checked, and waits to use its code up.
  const entering = createClient(server).post("/api/login", loginBody(server, ivy.person));
  await lockWaits(server.pool, 1);
  const leaving = ivy.client.post("/api/logout-everywhere", {});
  await Promise.race([leaving, lockWaits(server.pool, 2)]);
  await other.query("COMMIT");
  const [, left] = await Promise.all([entering, leaving]);
  expect(left.status).toBe(204);
  const { rows } = await server.pool.query(
    "SELECT 1 FROM session JOIN account ON account.id = account_id WHERE member_number = $1",
    [ivy.memberNumber],
  );
  expect(rows).toEqual([]);
});

it("refuses to look for kinds of line that no database could hold", async () => {
  const query = { before: 0, member: null, fromDay: null, toDay: null };
  const ask = (kind: number) =>
    made.client.post("/api/audit/page", { ...query, kinds: [kind] }).then(({ status }) => status);
  expect([await ask(32_767), await ask(32_768)]).toEqual([200, 400]);
});
