import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { base64url } from "../../src/protocol/public/bytes.ts";
import * as signin from "../../src/protocol/public/signin-api.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { createChallenges } from "../../src/server/factors/challenges.ts";
import {
  type Ceremony,
  createPaperPasskey,
  type PaperPasskey,
  USER_VERIFIED,
} from "../support/paper-passkey.ts";
import { passkeySteps } from "../support/passkey-steps.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { statementsOf } from "../support/server-work.ts";
import {
  type Answer,
  type Client,
  createClient,
  draw,
  logIn,
  makeVault,
  type Person,
  setUp,
} from "../support/staff.ts";

let server: TestServer;
let ann: Person;
let client: Client;
let passkey: PaperPasskey;
let prfAuthKey: Uint8Array;

beforeAll(async () => {
  server = await startTestServer();
  ann = (await setUp(server)).admin;
});
afterAll(() => server.stop());

const steps = () => passkeySteps(server, ann);
const ceremony = (change: Partial<Ceremony> = {}, userName = "ann") =>
  steps().ceremony(change, userName);
const challengeFor = (userName: string) => steps().challengeFor(userName);
const postPasskey = (made: ReturnType<PaperPasskey["attest"]>, change: object = {}) =>
  steps().post(client, made, change);
const add = async (key: PaperPasskey, change: Partial<Ceremony> = {}, format?: string) =>
  postPasskey(key.attest(await ceremony(change), format));
const loginWith = (key: PaperPasskey, change: Partial<Ceremony> = {}) =>
  steps().loginBody(key, change);
const alone = (key: PaperPasskey, authKey: Uint8Array) => steps().alone(key, authKey);
const logInBy = (body: object): Promise<Answer> => createClient(server).post("/api/login", body);
const vault = async () => z.decode(api.VaultAnswer, (await client.get("/api/vault")).body);
const factors = async () => z.decode(signin.Factors, (await client.get("/api/factors")).body);
const postDoor = (key: PaperPasskey, beside: Uint8Array) =>
  steps().door(client, key, { authKey: prfAuthKey, beside });

beforeEach(async () => {
  server.moveSeconds(86_400 * 2);
  client = await logIn(server, ann);
  await server.pool.query("DELETE FROM passkey");
  passkey = createPaperPasskey();
  prfAuthKey = draw(32);
  expect((await add(passkey)).status).toBe(204);
});

describe("making one", () => {
  it("lists it by name and address, without a door to the vault", async () => {
    const [row, ...rest] = (await factors()).passkeys;
    expect(rest).toEqual([]);
    expect(row).toMatchObject({ name: "Blue key", host: "localhost", wrappedKey: null });
    expect(row?.credentialId).toEqual(new Uint8Array(passkey.credentialId));
  });

  it("needs the passphrase", async () => {
    const made = createPaperPasskey().attest(await ceremony());
    expect((await postPasskey(made, { authKey: base64url(draw(32)) })).status).toBe(401);
    expect((await factors()).passkeys).toHaveLength(1);
  });

  it.each<[string, Partial<Ceremony>]>([
    ["for another page", { origin: "http://localhost:1" }],
    ["for another host", { host: "evil.example" }],
    ["without the person verified", { flags: 0x01 }],
    ["without a person there", { flags: USER_VERIFIED }],
    ["by the words of a log-in", { type: "webauthn.get" }],
    ["for a challenge we did not make", { challenge: draw(52) }],
    ["for an empty challenge", { challenge: new Uint8Array() }],
  ])("is refused %s", async (_, change) => {
    const answer = await add(createPaperPasskey(), change);
    expect([answer.status, answer.body]).toEqual([403, { error: "passkey-refused" }]);
    expect((await factors()).passkeys).toHaveLength(1);
  });

  it("is refused for somebody else's challenge, and for one that was used", async () => {
    const other = createPaperPasskey();
    const challenge = await challengeFor("ben");
    expect((await add(other, { challenge })).status).toBe(403);
    const used = await ceremony();
    expect((await postPasskey(createPaperPasskey().attest(used))).status).toBe(204);
    expect((await postPasskey(createPaperPasskey().attest(used))).status).toBe(403);
  });

  it.each(["packed", "tpm", "apple", "fido-u2f"])(
    "is refused with a certificate to look up (%s)",
    async (format) => {
      expect((await add(createPaperPasskey(), {}, format)).status).toBe(403);
    },
  );

  it("is refused when it is there already, and after ten", async () => {
    expect((await add(createPaperPasskey(passkey.credentialId))).status).toBe(403);
    for (let i = 1; i < signin.MOST_PASSKEYS; i++) {
      expect((await add(createPaperPasskey())).status).toBe(204);
    }
    expect((await add(createPaperPasskey())).body).toEqual({ error: "forbidden" });
  });

  it("is refused for nonsense, and nothing breaks", async () => {
    const made = passkey.attest(await ceremony());
    for (let at = 0; at < made.attestation.length; at += 7) {
      const attestation = made.attestation.slice();
      attestation[at] = (attestation[at] ?? 0) ^ 0xff;
      const { status } = await postPasskey({ ...made, attestation });
      expect([204, 400, 403]).toContain(status);
    }
  });
});

describe("as the second factor", () => {
  it("opens with the passphrase, and says on which day it was used", async () => {
    expect((await logInBy(await loginWith(passkey))).status).toBe(200);
    expect((await factors()).passkeys[0]?.usedDay).not.toBeNull();
    const { sessions } = (await client.get("/api/sessions")).body;
    expect(sessions.map(({ kind }: { kind: string }) => kind)).toContain("passkey");
  });

  it("opens nothing with a wrong passphrase, and its answer may be given again then", async () => {
    const body = await loginWith(passkey);
    const wrong = { ...body, authKey: base64url(draw(32)) };
    expect((await logInBy(wrong)).status).toBe(401);
    expect((await logInBy(body)).status).toBe(200);
  });

  it("answers one challenge once, also several times at once", async () => {
    const body = await loginWith(passkey);
    const answers = await Promise.all([body, body, body].map(logInBy));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    server.moveSeconds(61);
    expect((await logInBy(body)).status).toBe(401);
  });

  it("answers no challenge that is five minutes old", async () => {
    const body = await loginWith(passkey);
    server.moveSeconds(301);
    expect((await logInBy(body)).status).toBe(401);
  });

  it("opens nothing with a counter that went back or stood still", async () => {
    expect((await logInBy(await loginWith(passkey, { counter: 9 }))).status).toBe(200);
    for (const counter of [9, 3, 0]) {
      server.moveSeconds(61);
      expect((await logInBy(await loginWith(passkey, { counter }))).status).toBe(401);
    }
    server.moveSeconds(61);
    expect((await logInBy(await loginWith(passkey, { counter: 10 }))).status).toBe(200);
  });

  it("may have an authenticator that does not count", async () => {
    const plain = createPaperPasskey();
    expect((await add(plain, { counter: 0 })).status).toBe(204);
    expect((await logInBy(await loginWith(plain, { counter: 0 }))).status).toBe(200);
    expect((await logInBy(await loginWith(plain, { counter: 0 }))).status).toBe(200);
  });

  it.each<[string, Partial<Ceremony>]>([
    ["another page", { origin: "http://localhost:1" }],
    ["another host", { host: "evil.example" }],
    ["nobody verified", { flags: 0x01 }],
    ["the making of one", { type: "webauthn.create" }],
  ])("opens nothing for %s", async (_, change) => {
    expect((await logInBy(await loginWith(passkey, change))).status).toBe(401);
  });

  it("opens nothing when it is another one, or is removed", async () => {
    const stranger = createPaperPasskey(passkey.credentialId);
    expect((await logInBy(await loginWith(stranger))).status).toBe(401);
    const { credentialId } = passkey;
    const removal = z.encode(signin.PasskeyRemoval, { credentialId });
    expect((await client.post("/api/passkeys/remove", removal)).status).toBe(204);
    expect((await client.post("/api/passkeys/remove", removal)).status).toBe(404);
    expect((await logInBy(await loginWith(passkey))).status).toBe(401);
  });
});

describe("alone", () => {
  const openDoor = async () => postDoor(passkey, (await vault()).wrappedKey);

  it("opens with what its authenticator calculates, and with nothing else", async () => {
    expect((await alone(passkey, prfAuthKey)).status).toBe(401);
    expect((await openDoor()).status).toBe(204);
    expect((await alone(passkey, draw(32))).status).toBe(401);
    expect((await alone(passkey, ann.authKey)).status).toBe(401);
    const answer = await alone(passkey, prfAuthKey);
    expect([answer.status, answer.body.userName]).toEqual([200, "ann"]);
    const { sessions } = (await client.get("/api/sessions")).body;
    expect(sessions.map(({ kind }: { kind: string }) => kind)).toContain("passkey-alone");
  });

  it("unlocks a locked session", async () => {
    expect((await openDoor()).status).toBe(204);
    server.moveSeconds(15 * 60);
    expect((await client.get("/api/me")).status).toBe(423);
    const unlock = async (authKey: Uint8Array) =>
      client.post(
        "/api/unlock/passkey",
        z.encode(signin.PasskeyUnlock, { authKey, passkey: passkey.assert(await ceremony()) }),
      );
    expect((await unlock(draw(32))).status).toBe(401);
    expect((await unlock(prfAuthKey)).status).toBe(204);
    expect((await client.get("/api/me")).status).toBe(200);
  });

  it("keeps no door to an old vault key", async () => {
    expect((await openDoor()).status).toBe(204);
    const { version, wrappedKey } = await vault();
    const change = z.encode(api.PassphraseChange, {
      authKey: { kind: "passphrase", key: ann.authKey },
      salt: ann.salt,
      memoryKiB: 65_536,
      passes: 3,
      newAuthKey: ann.authKey,
      newRecoveryAuthKey: ann.recoveryAuthKey,
      expectVersion: version,
      vault: makeVault(),
    });
    expect((await client.post("/api/account/passphrase", change)).status).toBe(204);
    expect((await factors()).passkeys.map((row) => row.wrappedKey)).toEqual([null]);
    expect((await alone(passkey, prfAuthKey)).status).toBe(401);
    server.moveSeconds(61);
    // Wrapped before the change and sent after it: as from a second window.
    expect((await postDoor(passkey, wrappedKey)).body).toEqual({ error: "vault-changed" });
    expect((await logInBy(await loginWith(passkey))).status).toBe(200);
  });

  it("gets no door without its own answer, or for another account's passkey", async () => {
    const { wrappedKey } = await vault();
    expect((await postDoor(createPaperPasskey(), wrappedKey)).status).toBe(403);
    expect((await postDoor(createPaperPasskey(passkey.credentialId), wrappedKey)).status).toBe(403);
    expect((await factors()).passkeys[0]?.wrappedKey).toBeNull();
  });
});

describe("a name that does not exist", () => {
  const work = async (path: string, userName: string) => {
    const encoded = z.encode(signin.PasskeyLogin, {
      userName,
      authKey: draw(32),
      passkey: createPaperPasskey().assert(await ceremony({}, userName)),
    });
    const before = server.hashesChecked();
    const done = await statementsOf(() => createClient(server).post(path, encoded));
    return { ...done, hashes: server.hashesChecked() - before };
  };

  it.each(["/api/login", "/api/login/passkey"])("takes the same at %s", async (path) => {
    await work(path, "warm-up");
    const known = await work(path, "ann");
    expect([known.status, known.hashes]).toEqual([401, 1]);
    expect(await work(path, "nobody")).toEqual(known);
  });

  it("gets a challenge like any other, for no query at all", async () => {
    const ask = (userName: string) =>
      statementsOf(() => createClient(server).post("/api/passkeys/challenge", { userName }));
    const known = await ask("ann");
    const unknown = await ask("nobody");
    expect([known.statements, unknown.statements]).toEqual([[], []]);
    expect(unknown.length).toBe(known.length);
  });
});

it("forgets used challenges once they have lapsed", async () => {
  expect((await logInBy(await loginWith(passkey))).status).toBe(200);
  const count = async () => (await server.pool.query("SELECT 1 FROM used_challenge")).rows.length;
  const { tidy } = createChallenges(server.world);
  await tidy();
  expect(await count()).toBeGreaterThan(0);
  server.moveSeconds(303);
  await tidy();
  expect(await count()).toBe(0);
});
