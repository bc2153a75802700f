import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { base64url } from "../../src/protocol/public/bytes.ts";
import { inviteTokenHash } from "../../src/protocol/public/invite-token.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  accountOf,
  type Client,
  createClient,
  draw,
  entryOf,
  invite,
  logIn,
  makePerson,
  type Person,
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
  server = await startAgain(base);
  made = await setUp(server);
  admin = made.client;
});
afterEach(() => server.stop());

const create = async (token: Uint8Array, label = "Bob, sport") => {
  const tokenHash = inviteTokenHash(sodium, token);
  return admin.post("/api/invites", z.encode(api.InvitePost, { tokenHash, label }));
};
const answerBody = (token: Uint8Array, person: Person) => {
  const { identity, static: staticKey } = entryOf(person);
  return z.encode(api.InviteAnswer, {
    token,
    name: person.name,
    identityKey: identity,
    staticKey,
    account: accountOf(server, person),
    vault: person.vault,
  });
};
const answer = (token: Uint8Array, person: Person) =>
  createClient(server).post("/api/invites/answer", answerBody(token, person));
const open = async (token: Uint8Array) =>
  (await createClient(server).post("/api/invites/open", { token: base64url(token) })).status;
const states = async () =>
  (await admin.get("/api/invites")).body.invites.map(({ state }: { state: string }) => state);

describe("an invite", () => {
  it("is known to the server by a hash only", async () => {
    const token = draw(32);
    await create(token);
    const { rows } = await server.pool.query("SELECT i::text AS row FROM invite AS i");
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(token).toString("hex"));
    expect(await open(token)).toBe(204);
    expect(await open(draw(32))).toBe(403);
  });

  it("is answered once", async () => {
    const bob = makePerson("bob");
    const { token, answer: first } = await invite(server, admin, bob);
    expect(first.status).toBe(200);
    expect((await answer(token, makePerson("eve"))).body).toEqual({ error: "invite-void" });
    expect(await open(token)).toBe(403);
  });

  it("is answered once when two come at the same time", async () => {
    const token = draw(32);
    await create(token);
    const people = ["bob", "eve", "mal"].map((name) => makePerson(name));
    const answers = await Promise.all(people.map((person) => answer(token, person)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
    expect(await server.world.db.account.count()).toBe(2);
  });

  it("ends after 72 hours", async () => {
    const token = draw(32);
    await create(token);
    server.moveSeconds(72 * 3600 - 1);
    expect(await open(token)).toBe(204);
    server.moveSeconds(1);
    expect(await open(token)).toBe(403);
    expect((await answer(token, makePerson("bob"))).body).toEqual({ error: "invite-void" });
    admin = await logIn(server, made.admin);
    expect(await states()).toEqual(["expired"]);
  });

  it("is void once withdrawn, and takes a waiting account with it", async () => {
    const token = draw(32);
    const { id } = (await create(token)).body;
    expect((await admin.delete(`/api/invites/${id}`)).status).toBe(204);
    expect(await open(token)).toBe(403);
    const bob = await invite(server, admin, makePerson("bob"));
    expect((await admin.delete(`/api/invites/${bob.id}`)).status).toBe(204);
    expect((await bob.client.get("/api/me")).status).toBe(401);
    expect(await server.world.db.account.count()).toBe(1);
    expect((await admin.delete(`/api/invites/${bob.id}`)).status).toBe(404);
    expect((await admin.delete("/api/invites/nonsense")).status).toBe(400);
  });

  it("cannot take somebody's user name", async () => {
    const token = draw(32);
    await create(token);
    expect((await answer(token, makePerson("ann"))).body).toEqual({ error: "name-taken" });
    expect((await answer(token, makePerson("bob"))).status).toBe(200);
  });

  it("tells nobody who has only answered it who belongs here", async () => {
    const { client } = await invite(server, admin, makePerson("bob"));
    const paths = ["/api/people", "/api/rosters", "/api/messaging-keys"];
    const codes: unknown[] = [];
    for (const path of paths) codes.push((await client.get(path)).status);
    expect(codes).toEqual([403, 403, 403]);
  });

  it("is an admin's to make, see and withdraw", async () => {
    const { client } = await invite(server, admin, makePerson("bob"));
    const tokenHash = base64url(draw(32));
    const refusals = [
      await client.post("/api/invites", { tokenHash, label: "x" }),
      await client.get("/api/invites"),
      await client.delete(`/api/invites/${base64url(draw(16))}`),
      await client.post("/api/roster", {}),
      await client.get("/api/intake"),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  });
});

describe("ceilings", () => {
  const wanted = { ceilingBytes: 5e12, unclaimedBytes: 1e9, textReserveBytes: 1e6 };

  it("are the admin's to set", async () => {
    expect((await admin.get("/api/intake")).body).toMatchObject({
      usedBytes: expect.any(Number),
      unclaimedUsedBytes: 0,
    });
    expect((await admin.post("/api/intake", wanted)).status).toBe(204);
    expect((await admin.get("/api/intake")).body).toMatchObject(wanted);
  });

  it("fit into each other", async () => {
    const most = { ...wanted, unclaimedBytes: wanted.ceilingBytes + 1 };
    expect((await admin.post("/api/intake", most)).status).toBe(400);
    expect((await admin.post("/api/intake", { ...wanted, ceilingBytes: -1 })).status).toBe(400);
    expect((await admin.post("/api/intake", { ...wanted, ceilingBytes: 1e17 })).status).toBe(400);
  });
});
