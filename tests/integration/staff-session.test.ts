import request from "supertest";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { base64url } from "../../src/protocol/public/bytes.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  type Client,
  createClient,
  draw,
  logIn,
  loginBody,
  makeVault,
  type Person,
  setUp,
} from "../support/staff.ts";

let server: TestServer;
let ann: Person;
beforeAll(async () => {
  server = await startTestServer();
  ann = (await setUp(server)).admin;
});
afterAll(() => server.stop());

const MINUTE = 60;
const statusOf = async (client: Client, headers = {}) =>
  (await client.get("/api/me", headers)).status;

describe("the cookie", () => {
  const cookieAt = async (origin: string) => {
    server.moveSeconds(MINUTE);
    const other = await startTestServer({
      beside: server,
      now: server.world.now(),
      config: { newsroomOrigins: [origin], secret: server.config.secret },
    });
    const sent = request(other.newsroom)
      .post("/api/login")
      .set("Host", new URL(origin).host)
      .set("Origin", origin)
      .send(loginBody(other, ann));
    const { headers, status } = await sent;
    await other.stop();
    expect(status).toBe(200);
    return String(headers["set-cookie"]);
  };

  it("is strict, for scripts out of reach, and forgotten with the browser", async () => {
    const cookie = await cookieAt("http://newsroom.test:8080");
    expect(cookie).toMatch(/^sealdrop-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it.each(["https://newsroom.example.org", `http://${"a".repeat(56)}.onion`])(
    "is bound to the host and a secure line at %s",
    async (origin) => {
      expect(await cookieAt(origin)).toMatch(
        /^__Host-sealdrop-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
      );
    },
  );

  it("of the plain name opens nothing where there is a secure line", async () => {
    const { cookie } = await logIn(server, ann);
    const origin = "https://newsroom.example.org";
    const other = await startTestServer({
      beside: server,
      now: server.world.now(),
      config: { newsroomOrigins: [origin], secret: server.config.secret },
    });
    const ask = (value: string) =>
      request(other.newsroom)
        .get("/api/me")
        .set("Host", new URL(origin).host)
        .set("Cookie", value)
        .then(({ status }) => status);
    expect(await ask(cookie)).toBe(401);
    expect(await ask(`__Host-${cookie}`)).toBe(200);
    await other.stop();
  });

  it("is never set or asked for at the source's address", async () => {
    const answer = await request(server.source).get("/api/newsroom");
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect((await request(server.source).get("/api/me")).status).toBe(404);
  });
});

describe("a session", () => {
  let client: Client;
  beforeEach(async () => {
    client = await logIn(server, ann);
  });
  const unlock = (authKey: Uint8Array) =>
    client.post("/api/unlock", { authKey: base64url(authKey) });

  it("locks after a quarter of an hour, until the passphrase is typed", async () => {
    server.moveSeconds(15 * MINUTE);
    expect(await statusOf(client)).toBe(423);
    expect((await client.get("/api/vault")).body).toEqual({ error: "session-locked" });
    expect((await unlock(draw(32))).status).toBe(401);
    expect(await statusOf(client)).toBe(423);
    expect((await unlock(ann.authKey)).status).toBe(204);
    expect(await statusOf(client)).toBe(200);
  });

  it("is kept open by what a person does, not by polling", async () => {
    server.moveSeconds(10 * MINUTE);
    expect(await statusOf(client)).toBe(200);
    server.moveSeconds(10 * MINUTE);
    expect(await statusOf(client, { "x-sealdrop-background": "1" })).toBe(200);
    server.moveSeconds(6 * MINUTE);
    expect(await statusOf(client)).toBe(423);
  });

  it("ends after sixteen hours, however busy", async () => {
    for (let minutes = 0; minutes < 16 * 60 - 10; minutes += 10) {
      server.moveSeconds(10 * MINUTE);
      expect(await statusOf(client)).toBe(200);
    }
    server.moveSeconds(10 * MINUTE);
    expect(await statusOf(client)).toBe(401);
    expect((await unlock(ann.authKey)).status).toBe(401);
  });

  it("slows guessing at its lock without slowing the log-in", async () => {
    server.moveSeconds(15 * MINUTE);
    for (let i = 0; i < 5; i++) await unlock(draw(32));
    expect((await unlock(ann.authKey)).status).toBe(429);
    expect(await statusOf(await logIn(server, ann))).toBe(200);
  });

  it("ends at logging out, and only that one", async () => {
    const other = await logIn(server, ann);
    expect((await client.post("/api/logout")).status).toBe(204);
    expect(client.cookie).toBe("sealdrop-session=");
    expect(await statusOf(other)).toBe(200);
  });

  it("cannot be used again with a cookie kept from before logging out", async () => {
    const kept = createClient(server, client.cookie);
    server.moveSeconds(15 * MINUTE);
    expect((await client.post("/api/logout")).status).toBe(204);
    expect(await statusOf(kept)).toBe(401);
  });

  it("ends everywhere when asked", async () => {
    const other = await logIn(server, ann);
    expect((await client.post("/api/logout-everywhere")).status).toBe(204);
    expect(await statusOf(other)).toBe(401);
  });
});

describe("a write", () => {
  it.each([
    ["another page", { Origin: "http://evil.example" }],
    ["another port of this host", { Origin: "http://localhost:1" }],
    ["a sandboxed page", { Origin: "null" }],
    ["the source's page", { Origin: "" }],
  ])("from %s is refused", async (_, headers) => {
    const client = await logIn(server, ann);
    const answer = await client.post("/api/logout", {}, headers);
    expect([answer.status, answer.body]).toEqual([403, { error: "bad-origin" }]);
    expect(await statusOf(client)).toBe(200);
  });

  it("without an origin is refused", async () => {
    const answer = await request(server.newsroom).post("/api/prelogin").send({ userName: "ann" });
    expect(answer.body).toEqual({ error: "bad-origin" });
  });
});

describe("a new passphrase", () => {
  const change = (old: api.PassphraseChange["authKey"], expectVersion: number) => ({
    authKey: old,
    salt: draw(16),
    memoryKiB: 131_072,
    passes: 4,
    newAuthKey: draw(32),
    newRecoveryAuthKey: draw(32),
    expectVersion,
    vault: makeVault(),
  });

  it("replaces keys and vault, and ends the other sessions", async () => {
    const client = await logIn(server, ann);
    const other = await logIn(server, ann);
    const { version } = (await client.get("/api/vault")).body;
    const body = change({ kind: "passphrase", key: ann.authKey }, version);
    const answer = await client.post(
      "/api/account/passphrase",
      z.encode(api.PassphraseChange, body),
    );
    expect(answer.status).toBe(204);
    expect([await statusOf(client), await statusOf(other)]).toEqual([200, 401]);
    const vault = z.decode(api.VaultAnswer, (await client.get("/api/vault")).body);
    expect(vault).toEqual({ version: version + 1, ...body.vault });
    const prelogin = await client.post("/api/prelogin", { userName: "ann" });
    expect(prelogin.body).toMatchObject({ memoryKiB: 131_072, passes: 4 });
    server.moveSeconds(MINUTE);
    expect((await createClient(server).post("/api/login", loginBody(server, ann))).status).toBe(
      401,
    );
    const renewed = { ...ann, authKey: body.newAuthKey, recoveryAuthKey: body.newRecoveryAuthKey };
    ann = renewed;
    expect(await statusOf(await logIn(server, ann))).toBe(200);
  });

  it("takes the recovery words in place of the old one", async () => {
    const client = await logIn(server, ann);
    const { version } = (await client.get("/api/vault")).body;
    const body = change({ kind: "recovery", key: ann.recoveryAuthKey }, version);
    const send = (one: api.PassphraseChange) =>
      client.post("/api/account/passphrase", z.encode(api.PassphraseChange, one));
    expect((await send({ ...body, authKey: { kind: "recovery", key: draw(32) } })).status).toBe(
      401,
    );
    expect((await send({ ...body, expectVersion: version + 1 })).status).toBe(409);
    expect((await send(body)).status).toBe(204);
  });
});
