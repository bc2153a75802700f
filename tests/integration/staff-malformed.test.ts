import fc from "fast-check";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { base64url } from "../../src/protocol/public/bytes.ts";
import { isErrorCode } from "../../src/protocol/public/errors.ts";
import * as signin from "../../src/protocol/public/signin-api.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { staffRoutes } from "../../src/protocol/public/staff-routes.ts";
import { createSessions } from "../../src/server/staff/sessions.ts";
import { createPaperPasskey } from "../support/paper-passkey.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  accountOf,
  type Client,
  createClient,
  draw,
  entryOf,
  keyStatements,
  makePerson,
  makeVault,
  periodNow,
  rosterPost,
  setUp,
  setupBody,
  type TestNewsroom,
} from "../support/staff.ts";

let server: TestServer;
let made: TestNewsroom;
let admin: Client;
let bodies: Record<string, object>;
beforeAll(async () => {
  server = await startTestServer();
  made = await setUp(server);
  admin = made.client;
  bodies = rightBodies();
});
afterAll(() => server.stop());

/** A right body of every route that takes one, from which wrong ones are made. */
const rightBodies = (): Record<string, object> => {
  const person = makePerson("bob", "Bob");
  const entry = entryOf(made.admin);
  const { newsroom } = made;
  const roster = rosterPost(server, newsroom, {
    number: 2,
    previousHash: made.firstHash,
    entries: [entry],
  });
  const statements = keyStatements(made.admin, { newsroom, entry }, [periodNow(server) + 3]);
  const account = accountOf(server, person);
  const vault = makeVault();
  const authKey = draw(32);
  const token = draw(32);
  const { identity, static: staticKey } = entryOf(person);
  const answer = { token, name: "Bob", identityKey: identity, staticKey, account, vault };
  const { salt, memoryKiB, passes, userName, totpCode } = account;
  const change = { salt, memoryKiB, passes, newAuthKey: authKey, newRecoveryAuthKey: authKey };
  const setup = { setupToken: token, ...setupBody(server, person, newsroom) };
  return {
    "/api/setup/check": { setupToken: base64url(token) },
    "/api/setup": z.encode(api.Setup, setup),
    "/api/prelogin": { userName: "bob" },
    "/api/login": z.encode(api.Login, { userName, authKey, totpCode }),
    "/api/recover": z.encode(api.Recover, { userName, recoveryAuthKey: authKey, totpCode }),
    "/api/unlock": { authKey: base64url(authKey) },
    "/api/account/passphrase": z.encode(api.PassphraseChange, {
      ...change,
      authKey: { kind: "passphrase", key: made.admin.authKey },
      expectVersion: 1,
      vault,
    }),
    "/api/vault": z.encode(api.VaultWrite, {
      expectVersion: 1,
      list: draw(100),
      put: vault.records,
      remove: ["identity"],
    }),
    "/api/roster": z.encode(api.RosterPost, {
      statement: roster.statement,
      settings: roster.settings,
      approveInvite: draw(16),
    }),
    "/api/messaging-keys": z.encode(api.MessagingKeysPost, { statements }),
    "/api/messaging-keys/destroyed": { periods: [{ period: 1, generation: 0 }] },
    "/api/invites": z.encode(api.InvitePost, { tokenHash: token, label: "Bob" }),
    "/api/invites/open": { token: base64url(token) },
    "/api/invites/answer": z.encode(api.InviteAnswer, answer),
    "/api/key-changes": { statement: base64url(statements[0] ?? token) },
    "/api/archive": { from: base64url(draw(16)), to: base64url(draw(16)) },
    "/api/archive/destroyed": { keyId: base64url(draw(16)) },
    ...signinBodies({ authKey, token, userName }),
    "/api/intake": { ceilingBytes: 3, unclaimedBytes: 2, textReserveBytes: 1 },
  };
};

/** Of the second factors' routes; a passkey's answer is one that was never asked for. */
const signinBodies = (given: {
  readonly authKey: Uint8Array;
  readonly token: Uint8Array;
  readonly userName: string;
}): Record<string, object> => {
  const { authKey, token, userName } = given;
  const key = createPaperPasskey();
  const ceremony = { challenge: draw(52), origin: server.newsroom };
  const passkey = key.assert(ceremony);
  const app = { totpSecret: draw(20), totpCode: "123456" };
  const codes = Array.from({ length: 10 }, (_, place) => `${place}ABCDEFGHJKMN`);
  const own = made.admin.authKey;
  return {
    "/api/factors/codes": z.encode(signin.RecoveryCodesPost, { authKey: own, codes }),
    "/api/factors/app": z.encode(signin.NewApp, { authKey: own, ...app }),
    "/api/passkeys/challenge": { userName },
    "/api/passkeys": z.encode(signin.PasskeyPost, {
      authKey: own,
      name: "Blue key",
      ...key.attest(ceremony),
    }),
    "/api/passkeys/door": z.encode(signin.PasskeyDoorPost, {
      passkey,
      authKey,
      wrappedKey: draw(72),
      beside: draw(72),
    }),
    "/api/passkeys/remove": { credentialId: base64url(key.credentialId) },
    "/api/login/passkey": z.encode(signin.PasskeyLogin, { userName, passkey, authKey }),
    "/api/unlock/passkey": z.encode(signin.PasskeyUnlock, { passkey, authKey }),
    "/api/factor-resets": { memberNumber: 2, tokenHash: base64url(token) },
    "/api/factor-resets/open": { token: base64url(token) },
    "/api/factor-resets/use": z.encode(signin.FactorResetUse, {
      token,
      userName,
      authKey,
      ...app,
    }),
  };
};

const posts = Object.values(staffRoutes)
  .filter(({ method, path }) => method === "POST" && !path.includes("logout"))
  .map(({ path }) => path);

const anyText = fc.string({ unit: "binary", maxLength: 40 });
const oddValue = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1.5, 2 ** 31, 2 ** 32, 1e300, "", "\u0000", "A", [], {}),
  anyText,
  fc.uint8Array({ maxLength: 2_000 }).map(base64url),
  fc.jsonValue(),
);

/** Paths to everything inside a value. */
const placesIn = (value: unknown, at: readonly string[] = []): readonly (readonly string[])[] => {
  if (typeof value !== "object" || value === null) return [at];
  const inside = Object.entries(value).flatMap(([key, one]) => placesIn(one, [...at, key]));
  return at.length === 0 ? inside : [at, ...inside];
};

/** The same value with something else at a place; undefined drops it. */
const replaced = (value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown => {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string,
    unknown
  >;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
};

/** One bit of one base64url text, as somebody between browser and server could turn it. */
const flipped = (text: string, at: number): string => {
  const bytes = Buffer.from(text, "base64url");
  const index = at % Math.max(1, bytes.length);
  bytes[index] = (bytes[index] ?? 0) ^ (1 << (at % 8));
  return bytes.toString("base64url");
};

const valueAt = (value: unknown, place: readonly string[]): unknown =>
  place.reduce<unknown>((inside, key) => (inside as Record<string, unknown>)[key], value);

/** Without a log-in: some of the bodies are right, and may have changed by what one logs in. */
const freshSession = async (): Promise<Client> => {
  const where = { userName: made.admin.userName };
  const { id } = await server.world.db.account.findUniqueOrThrow({ where });
  const token = await createSessions(server.world).start(id, "app");
  return createClient(server, `sealdrop-session=${base64url(token)}`);
};

const expectRefusal = async (path: string, body: unknown, client = admin): Promise<void> => {
  // Past the delay that the one before may have caused, and still at work.
  server.moveSeconds(61);
  expect((await admin.get("/api/me")).status).toBe(200);
  const answer = await client.post(path, body);
  expect(answer.status, JSON.stringify(body).slice(0, 500)).toBeLessThan(500);
  if (answer.status >= 400) {
    expect(isErrorCode(z.decode(api.Refusal, answer.body).error)).toBe(true);
  }
};

describe.each(posts)("%s", (path) => {
  const runs = { numRuns: 15, interruptAfterTimeLimit: 12_000 };
  // All these waits together are longer than a session lives.
  beforeAll(async () => {
    admin = await freshSession();
  });

  it("answers a code, never a fault, to any JSON", () =>
    fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.boolean(), (body, loggedIn) =>
        expectRefusal(path, body, loggedIn ? admin : createClient(server)),
      ),
      runs,
    ));

  it("answers a code, never a fault, to a right body with one thing wrong", () =>
    fc.assert(
      fc.asyncProperty(fc.nat(), oddValue, fc.nat(), async (which, odd, bit) => {
        const right = bodies[path] ?? {};
        const places = placesIn(right);
        const place = places[which % places.length] ?? [];
        const there = valueAt(right, place);
        const by = typeof there === "string" && bit % 2 === 0 ? flipped(there, bit) : odd;
        await expectRefusal(path, replaced(right, place, by));
      }),
      runs,
    ));
});

const raw = (path: string, type: string, body: string | Buffer) =>
  request(server.newsroom)
    .post(path)
    .set("Origin", server.newsroom)
    .set("Content-Type", type)
    .send(body);

it.each([
  ["no JSON", "application/json", "{", 400],
  ["no UTF-8", "application/json", Buffer.from([0xff, 0xfe, 0x00]), 400],
  ["an empty body", "application/json", "", 400],
  ["a form", "application/x-www-form-urlencoded", "userName=ann", 415],
  ["bytes", "application/octet-stream", Buffer.alloc(10), 415],
  ["deep nesting", "application/json", "[".repeat(100_000), 400],
  ["a prototype", "application/json", '{"__proto__":{"userName":"ann"}}', 400],
  ["too much", "application/json", `"${"a".repeat(2_000_000)}"`, 413],
] as const)("refuses %s by its code", async (_, type, body, status) => {
  expect((await raw("/api/prelogin", type, body as string)).status).toBe(status);
});

it.each([
  "/api/rosters?from=-1",
  "/api/rosters?from=99999999999",
  "/api/rosters?from=1&from=2",
  "/api/rosters?from=%00",
])("refuses %s", async (path) => {
  expect((await admin.get(path)).status).toBe(400);
});

it("refuses ids that are none", () =>
  fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1, maxLength: 60 }), async (id) => {
      const { status } = await admin.delete(`/api/invites/${encodeURIComponent(id)}`);
      expect([400, 404]).toContain(status);
    }),
    { numRuns: 30 },
  ));

it("takes any cookie for none", () =>
  fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 80 }), async (text) => {
      const cookie = `sealdrop-session=${encodeURIComponent(text)}`;
      expect((await createClient(server, cookie).get("/api/me")).status).toBe(401);
    }),
    { numRuns: 30 },
  ));

it("logged no fault through all of this", () => {
  expect(server.logLines.filter((line) => line.includes('"level":50'))).toEqual([]);
});
