import { request } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import * as z from "zod/mini";
import { base64url } from "../../src/protocol/public/bytes.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { createAppCodes } from "../../src/server/factors/app-codes.ts";
import { lockWaits } from "../support/lock-waits.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  type Client,
  codeOf,
  draw,
  logIn,
  makeVault,
  type Person,
  setUp,
} from "../support/staff.ts";

/** Whoever took a session and knows the passphrase begins a request, and keeps its last byte until the owner has ended that session. */
let server: TestServer;
let ann: Person;
let thief: Client;
let owner: Client;
beforeAll(async () => {
  server = await startTestServer();
  ann = (await setUp(server)).admin;
});
afterAll(() => server.stop());
beforeEach(async () => {
  server.moveSeconds(86_400);
  thief = await logIn(server, ann);
  server.moveSeconds(60);
  owner = await logIn(server, ann);
});

type Sent = {
  readonly path: string;
  readonly type?: string;
  readonly bytes: Uint8Array;
  /** All bytes are there, and only the word that no more come is kept back. */
  readonly chunked?: boolean;
};

const late = async (
  { path, type = "application/json", bytes, chunked = false }: Sent,
  between: () => Promise<unknown>,
) => {
  const headers = {
    "content-type": type,
    ...(!chunked && { "content-length": bytes.length }),
    cookie: thief.cookie,
    origin: server.newsroom,
  };
  const asked = request(`${server.newsroom}${path}`, { method: "POST", headers });
  const answered = new Promise<string>((resolve, reject) => {
    asked.on("error", reject);
    asked.on("response", async (response) => {
      let text = "";
      for await (const part of response) text += part;
      resolve(`${response.statusCode} ${text}`);
    });
  });
  server.moveSeconds(60);
  const first = chunked ? bytes.length : bytes.length - 1;
  asked.write(bytes.subarray(0, first));
  await between();
  asked.end(bytes.subarray(first));
  return answered;
};

const ENDED = '401 {"error":"not-logged-in"}';

/** The guard has found the session: it notes that somebody is there. */
const found = async () => {
  const where = { activeAt: { gte: server.world.now() } };
  await vi.waitFor(async () => expect(await server.world.db.session.count({ where })).toBe(1));
};

const endOthers = async () => {
  await found();
  expect((await owner.post("/api/sessions/end-others")).status).toBe(204);
};

const JSON_PATHS = [
  ...[
    "/api/account/hash-cost",
    "/api/account/passphrase",
    "/api/archive",
    "/api/archive/destroyed",
  ],
  ...["/api/audit/page", "/api/factor-resets", "/api/factors/app", "/api/factors/codes"],
  ...["/api/intake", "/api/invites", "/api/key-changes", "/api/letters", "/api/log/restored"],
  ...[
    "/api/log/seen",
    "/api/messaging-keys",
    "/api/messaging-keys/destroyed",
    "/api/newsroom/rotate",
  ],
  ...["/api/passkeys", "/api/passkeys/door", "/api/passkeys/remove", "/api/people/role"],
  ...["/api/recovery-requests/AAAAAAAAAAAAAAAAAAAAAA/answer", "/api/roster", "/api/share-sets"],
  ...["/api/share-sets/kept", "/api/unlock", "/api/unlock/passkey", "/api/vault"],
];

it.each(JSON_PATHS)(
  "takes no body at %s whose last byte comes after its session was ended",
  async (path) => {
    const sent = { path, bytes: Buffer.from("{}") };
    expect(await late(sent, found)).toMatch(/^400 /);
    expect(await late(sent, endOthers)).toBe(ENDED);
  },
);

it.each(["/api/vault", "/api/letters", "/api/factors/app"])(
  "takes no body at %s in chunks whose end comes after its session was ended",
  async (path) => {
    const sent = { path, bytes: Buffer.from("{}"), chunked: true };
    expect(await late(sent, found)).toMatch(/^400 /);
    expect(await late(sent, endOthers)).toBe(ENDED);
  },
);

const authKey = () => base64url(ann.authKey);
const letters = "0123456789AB";

it.each([
  [
    "/api/factors/codes",
    () => ({
      authKey: authKey(),
      codes: [...letters].slice(0, 10).map((place) => `${place}ABCDEFGHJKMN`),
    }),
  ],
  [
    "/api/factors/app",
    () => ({
      authKey: authKey(),
      totpSecret: base64url(ann.totpSecret),
      totpCode: codeOf(server, ann),
    }),
  ],
  [
    "/api/account/passphrase",
    (version: number) =>
      z.encode(api.PassphraseChange, {
        authKey: { kind: "passphrase", key: ann.authKey },
        salt: draw(16),
        memoryKiB: 131_072,
        passes: 4,
        newAuthKey: draw(32),
        newRecoveryAuthKey: draw(32),
        expectVersion: version,
        vault: makeVault(),
      }),
  ],
  [
    "/api/account/hash-cost",
    (_version: number, wrappedKey: string) => ({
      authKey: authKey(),
      ...{ salt: base64url(draw(16)), memoryKiB: 131_072, passes: 4 },
      ...{ newAuthKey: base64url(draw(32)), wrappedKey: base64url(draw(72)) },
      expectWrappedKey: wrappedKey,
    }),
  ],
  [
    "/api/vault",
    (version: number) =>
      z.encode(api.VaultWrite, { expectVersion: version, list: draw(50), put: [], remove: [] }),
  ],
] as const)(
  "changes nothing at %s after its session was ended while it waited",
  async (path, bodyOf) => {
    const { version, wrappedKey } = (await owner.get("/api/vault")).body;
    const { pool } = server.world;
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT 1 FROM account FOR UPDATE");
      const answered = thief.post(path, bodyOf(version, wrappedKey));
      await lockWaits(pool);
      await client.query(
        "DELETE FROM session WHERE started_at < (SELECT max(started_at) FROM session)",
      );
      await client.query("COMMIT");
      const { status, body } = await answered;
      expect([status, body.error]).toEqual([401, "not-logged-in"]);
    } finally {
      client.release();
    }
  },
);

it("takes no body of an admin whose right was taken while it was on its way", async () => {
  const bytes = Buffer.from("{}");
  const set = (role: string) => server.world.db.account.updateMany({ data: { role } });
  const takeRight = async () => {
    await found();
    await set("journalist");
  };
  expect(await late({ path: "/api/invites", bytes }, takeRight)).toBe('403 {"error":"forbidden"}');
  await set("admin");
});

it("does not take a code of the old app that was checked just before there was a new one", async () => {
  server.moveSeconds(60);
  const { db, secrets } = server.world;
  const known = await db.account.findFirstOrThrow({ where: { userName: ann.userName } });
  const apps = createAppCodes({ db, secrets, now: server.world.now });
  const checked = await apps.check(codeOf(server, ann))(known);
  const sealed = secrets.seal("totp", draw(20));
  await db.account.update({
    where: { id: known.id },
    data: { totpSealed: new Uint8Array(sealed) },
  });
  expect(await checked.use(true)).toBe(false);
});
