import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { base64url } from "../../src/protocol/public/bytes.ts";
import { factorResetTokenHash } from "../../src/protocol/public/invite-token.ts";
import * as signin from "../../src/protocol/public/signin-api.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { linesOf } from "../support/audit.ts";
import { createPaperPasskey } from "../support/paper-passkey.ts";
import { passkeySteps } from "../support/passkey-steps.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  type Answer,
  type Client,
  codeOf,
  createClient,
  draw,
  entryOf,
  invite,
  logIn,
  makePerson,
  type Person,
  rosterPost,
  setUp,
  type TestNewsroom,
} from "../support/staff.ts";
import { sodium } from "../vectors/backends.ts";

/** Ways in, as the audit trail tells of them to Ann, an admin. Bob is number 2. */
let server: TestServer;
let made: TestNewsroom;
let ann: Client;
let bob: Person;
let bobs: Client;
beforeAll(async () => {
  server = await startTestServer();
  made = await setUp(server);
  bob = makePerson("bob", "Bob");
  const { id } = await invite(server, made.client, bob);
  const entries = [entryOf(made.admin), entryOf(bob, { memberNumber: 2, position: 2 })];
  const plan = { number: 2, previousHash: made.firstHash, entries };
  const { statement, settings } = rosterPost(server, made.newsroom, plan);
  const body = z.encode(api.RosterPost, { statement, settings });
  await made.client.post("/api/roster", { ...body, approveInvite: id });
});
afterAll(() => server.stop());
beforeEach(async () => {
  server.moveDays(4);
  ann = await logIn(server, made.admin);
  bobs = await logIn(server, bob);
});

const lines = (deed: () => Promise<unknown>) =>
  linesOf({ client: ann, newsroomId: made.newsroom.newsroomId }, deed);
/** Of a deed that is no deed unless the server takes it. */
const linesOfTaken = (deed: () => Promise<Answer>) =>
  lines(async () => expect((await deed()).status).toBeLessThan(300));
/** Of one that the server refuses. */
const linesOfRefused = (deed: () => Promise<Answer>) =>
  lines(async () => expect((await deed()).status).toBeGreaterThanOrEqual(400));

const authKey = () => base64url(bob.authKey);
const wrongKey = () => base64url(draw(32));
const newApp = () => {
  const next = { ...bob, totpSecret: draw(20) };
  return { totpSecret: base64url(next.totpSecret), totpCode: codeOf(server, next), next };
};

describe("a line is written", () => {
  it("for one's sessions ended elsewhere, one or all of them, and for none that is not there", async () => {
    await logIn(server, bob);
    const rows: readonly { id: string; current: boolean }[] = (await bobs.get("/api/sessions")).body
      .sessions;
    const other = `/api/sessions/${rows.find(({ current }) => !current)?.id}`;
    expect(await linesOfTaken(() => bobs.delete(other))).toEqual(["sessions-ended 2 "]);
    expect(await linesOfRefused(() => bobs.delete(other))).toEqual([]);
    expect(await linesOfTaken(() => bobs.post("/api/sessions/end-others"))).toEqual([
      "sessions-ended 2 ",
    ]);
  });

  it("not for the session that ends itself", async () => {
    expect(await linesOfTaken(() => bobs.post("/api/logout"))).toEqual([]);
  });

  it("for a new app", async () => {
    const { next, ...app } = newApp();
    const post = (key: string) => bobs.post("/api/factors/app", { authKey: key, ...app });
    expect(await linesOfRefused(() => post(wrongKey()))).toEqual([]);
    expect(await linesOfTaken(() => post(authKey()))).toEqual(["app-changed 2 "]);
    bob = next;
  });

  it("for new recovery codes", async () => {
    const codes = Array.from({ length: 10 }, (_, place) => `${place}ABCDEFGHJKMN`);
    const post = (key: string) => bobs.post("/api/factors/codes", { authKey: key, codes });
    expect(await linesOfRefused(() => post(wrongKey()))).toEqual([]);
    expect(await linesOfTaken(() => post(authKey()))).toEqual(["codes-made 2 "]);
  });

  it("for a passkey that is added, opens the vault alone, is used, and is removed", async () => {
    const steps = passkeySteps(server, bob);
    const passkey = createPaperPasskey();
    const made = passkey.attest(await steps.ceremony());
    expect(await linesOfTaken(() => steps.post(bobs, made))).toEqual(["passkey-added 2 "]);
    expect(await linesOfRefused(() => steps.post(bobs, made))).toEqual([]);
    const keys = { authKey: draw(32), beside: bob.vault.wrappedKey };
    const door = () => steps.door(bobs, passkey, keys);
    expect(await linesOfTaken(door)).toEqual(["passkey-unlocks 2 "]);
    expect(await linesOfTaken(() => steps.alone(passkey, keys.authKey))).toEqual(["logged-in 2 "]);
    const { credentialId } = passkey;
    const removal = z.encode(signin.PasskeyRemoval, { credentialId });
    const remove = () => bobs.post("/api/passkeys/remove", removal);
    expect(await linesOfTaken(remove)).toEqual(["passkey-removed 2 "]);
    expect(await linesOfRefused(remove)).toEqual([]);
  });

  it("for a dearer passphrase", async () => {
    const raise = {
      authKey: authKey(),
      salt: base64url(draw(16)),
      memoryKiB: 65_536,
      passes: 4,
      newAuthKey: authKey(),
      expectWrappedKey: base64url(bob.vault.wrappedKey),
      wrappedKey: base64url(draw(72)),
    };
    const post = () => bobs.post("/api/account/hash-cost", raise);
    expect(await linesOfTaken(post)).toEqual(["hash-cost-raised 2 "]);
    expect(await linesOfRefused(post)).toEqual([]);
  });

  it("for an admin's link to a new second factor, made, withdrawn and used", async () => {
    const token = draw(32);
    const post = (drawn: Uint8Array, by = ann) =>
      by.post("/api/factor-resets", {
        memberNumber: 2,
        tokenHash: base64url(factorResetTokenHash(sodium, drawn)),
      });
    expect(await linesOfRefused(() => post(draw(32), bobs))).toEqual([]);
    const link = await post(draw(32));
    const withdraw = () => ann.delete(`/api/factor-resets/${link.body.id}`);
    expect(await linesOfTaken(withdraw)).toEqual(["factor-reset-withdrawn 1 2"]);
    expect(await linesOfRefused(withdraw)).toEqual([]);
    expect(await linesOfTaken(() => post(token))).toEqual(["factor-reset-made 1 2"]);
    const { next, ...app } = newApp();
    const body = { token: base64url(token), userName: "bob", ...app };
    const use = (key: string) =>
      createClient(server).post("/api/factor-resets/use", { ...body, authKey: key });
    expect(await linesOfRefused(() => use(wrongKey()))).toEqual([]);
    expect(await linesOfTaken(() => use(authKey()))).toEqual([
      "factor-reset-used 2 ",
      "logged-in 2 ",
    ]);
    bob = next;
  });

  it("for a second factor set anew by recovery words alone", async () => {
    const { next, ...app } = newApp();
    const recover = (key: Uint8Array) => {
      const body = { userName: "bob", recoveryAuthKey: base64url(key), ...app };
      return createClient(server).post("/api/recover", body);
    };
    expect(await linesOfRefused(() => recover(draw(32)))).toEqual([]);
    expect(await linesOfTaken(() => recover(bob.recoveryAuthKey))).toEqual([
      "factor-reset-by-words 2 ",
      "recovery-used 2 ",
    ]);
    bob = next;
  });
});
