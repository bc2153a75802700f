import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod/mini";
import { base64url } from "../../src/protocol/public/bytes.ts";
import { inviteTokenHash } from "../../src/protocol/public/invite-token.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  type Client,
  draw,
  entryOf,
  invite,
  makePerson,
  rosterPost,
  setUp,
  type TestNewsroom,
} from "../support/staff.ts";
import { sodium } from "../vectors/backends.ts";

/** Each of two transactions at the moment when the other is about to end. */
let server: TestServer;
let made: TestNewsroom;
let admin: Client;
beforeAll(async () => {
  server = await startTestServer();
  made = await setUp(server);
  admin = made.client;
});
afterAll(() => server.stop());

/** Does `statements`, lets `other` begin, and commits while it waits. */
const whileEnding = async <T>(
  statements: readonly (readonly [sql: string, values: unknown[]])[],
  other: () => PromiseLike<T>,
): Promise<T> => {
  const client = await server.pool.connect();
  await client.query("BEGIN");
  for (const [sql, values] of statements) await client.query(sql, values);
  const [answer] = await Promise.all([other(), sleep(700).then(() => client.query("COMMIT"))]);
  client.release();
  return answer;
};

const accountOf = async (userName: string) =>
  server.world.db.account.findUnique({ where: { userName }, select: { id: true } });

it("an invite withdrawn while it is being answered leaves no account behind", async () => {
  const bob = makePerson("bob", "Bob");
  const answered = await invite(server, admin, bob);
  await server.world.db.invite.deleteMany();
  const tokenHash = inviteTokenHash(sodium, draw(32));
  const open = await admin.post(
    "/api/invites",
    z.encode(api.InvitePost, { tokenHash, label: "again" }),
  );
  expect(answered.answer.status).toBe(200);
  const { id } = (await accountOf("bob")) ?? { id: "" };
  const answer = await whileEnding(
    [["UPDATE invite SET account_id = $1, name = 'Bob' WHERE token_hash = $2", [id, tokenHash]]],
    () => admin.delete(`/api/invites/${open.body.id}`),
  );
  expect(answer.status).toBe(204);
  expect(await accountOf("bob")).toBeNull();
  expect((await answered.client.get("/api/me")).status).toBe(401);
});

it("an invite approved while it is being withdrawn is refused, and no fault", async () => {
  const cem = makePerson("cem", "Cem");
  const { id } = await invite(server, admin, cem);
  const account = (await accountOf("cem")) ?? { id: "" };
  const entries = [entryOf(made.admin), entryOf(cem, { memberNumber: 2, position: 2 })];
  const next = rosterPost(server, made.newsroom, {
    number: 2,
    previousHash: made.firstHash,
    entries,
  });
  const body = {
    statement: base64url(next.statement),
    settings: base64url(next.settings),
    approveInvite: id,
  };
  const answer = await whileEnding(
    [
      ["DELETE FROM invite WHERE id = $1", [Buffer.from(id, "base64url")]],
      ["DELETE FROM account WHERE id = $1", [account.id]],
    ],
    () => admin.post("/api/roster", body),
  );
  expect([answer.status, answer.body.error]).toEqual([404, "not-found"]);
  expect(await server.world.db.roster.count()).toBe(1);
});
