import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { base64url } from "../../src/protocol/public/bytes.ts";
import { factorResetTokenHash } from "../../src/protocol/public/invite-token.ts";
import * as signin from "../../src/protocol/public/signin-api.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { statementsOf } from "../support/server-work.ts";
import {
  type Client,
  codeOf,
  createClient,
  draw,
  entryOf,
  invite,
  logIn,
  loginBody,
  makePerson,
  type Person,
  rosterPost,
  setUp,
} from "../support/staff.ts";
import { sodium } from "../vectors/backends.ts";

let server: TestServer;
let admin: Client;
let ann: Person;
let ben: Person;
let bens: Client;

beforeAll(async () => {
  server = await startTestServer();
  const made = await setUp(server);
  [ann, admin] = [made.admin, made.client];
  ben = makePerson("ben", "Ben");
  const { id } = await invite(server, admin, ben);
  const entries = [entryOf(ann), entryOf(ben, { memberNumber: 2, position: 2 })];
  const roster = rosterPost(server, made.newsroom, {
    number: 2,
    previousHash: made.firstHash,
    entries,
  });
  const body = z.encode(api.RosterPost, {
    statement: roster.statement,
    settings: roster.settings,
    approveInvite: Buffer.from(id, "base64url"),
  });
  expect((await admin.post("/api/roster", body)).status).toBe(200);
});
afterAll(() => server.stop());
beforeEach(async () => {
  server.moveSeconds(86_400 * 4);
  admin = await logIn(server, ann);
  bens = await logIn(server, ben);
});

const reset = async (memberNumber: number, by = admin) => {
  const token = draw(32);
  const tokenHash = base64url(factorResetTokenHash(sodium, token));
  const answer = await by.post("/api/factor-resets", { memberNumber, tokenHash });
  return { token, answer };
};
const useBody = (token: Uint8Array, person: Person, change: object = {}) => ({
  token: base64url(token),
  userName: person.userName,
  authKey: base64url(person.authKey),
  totpSecret: base64url(person.totpSecret),
  totpCode: codeOf(server, person),
  ...change,
});
const use = (body: object) => createClient(server).post("/api/factor-resets/use", body);
const alive = async (client: Client) => (await client.get("/api/me")).status;
const listed = async () =>
  z.decode(signin.FactorResets, (await admin.get("/api/factor-resets")).body).resets;

describe("an admin's link", () => {
  it("ends the colleague's sessions and, with their passphrase, sets a new app", async () => {
    const { token, answer } = await reset(2);
    expect(answer.status).toBe(200);
    expect([await alive(bens), await alive(admin)]).toEqual([401, 200]);
    const next = { ...ben, totpSecret: draw(20) };
    const done = await use(useBody(token, next));
    expect([done.status, done.body.userName]).toEqual([200, "ben"]);
    expect((await listed())[0]).toMatchObject({ memberNumber: 2, by: 1, userName: "ben" });
    server.moveSeconds(60);
    const old = await createClient(server).post("/api/login", loginBody(server, ben));
    expect(old.status).toBe(401);
    ben = next;
    expect(await alive(await logIn(server, ben))).toBe(200);
  });

  it("gives nobody anything without the passphrase, the admin least of all", async () => {
    const { token } = await reset(2);
    for (const authKey of [draw(32), ann.authKey, ben.recoveryAuthKey]) {
      const body = useBody(
        token,
        { ...ben, totpSecret: draw(20) },
        { authKey: base64url(authKey) },
      );
      expect((await use(body)).status).toBe(401);
    }
    server.moveSeconds(61);
    expect((await use(useBody(token, { ...ann, totpSecret: draw(20) }))).status).toBe(401);
    server.moveSeconds(61);
    expect((await use(useBody(token, ben, { totpCode: "000000" }))).status).toBe(401);
    server.moveSeconds(61);
    // All of that has left the link, and the old app, as they were.
    expect(await alive(await logIn(server, ben))).toBe(200);
    expect((await use(useBody(token, ben))).status).toBe(200);
  });

  it("works once, also when it comes several times at once", async () => {
    const { token } = await reset(2);
    const body = useBody(token, ben);
    const answers = await Promise.all([use(body), use(body), use(body)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await use(body)).body).toEqual({ error: "factor-reset-void" });
  });

  it("is void after 72 hours, when withdrawn, and when there is a newer one", async () => {
    const older = await reset(2);
    const newer = await reset(2);
    expect((await use(useBody(older.token, ben))).status).toBe(403);
    const id: string = newer.answer.body.id;
    expect((await admin.delete(`/api/factor-resets/${id}`)).status).toBe(204);
    expect((await admin.delete(`/api/factor-resets/${id}`)).status).toBe(404);
    expect((await use(useBody(newer.token, ben))).status).toBe(403);
    const late = await reset(2);
    const open = () =>
      createClient(server).post("/api/factor-resets/open", { token: base64url(late.token) });
    expect((await open()).status).toBe(204);
    server.moveSeconds(72 * 3_600);
    expect((await open()).status).toBe(403);
    expect((await use(useBody(late.token, ben))).status).toBe(403);
  });

  it("is for admins, for colleagues, and never for oneself", async () => {
    expect((await reset(1)).answer.status).toBe(403);
    expect((await reset(9)).answer.status).toBe(404);
    expect((await reset(1, bens)).answer.status).toBe(403);
    expect((await reset(2, createClient(server))).answer.status).toBe(401);
    expect((await bens.get("/api/factor-resets")).status).toBe(403);
    expect((await bens.delete(`/api/factor-resets/${base64url(draw(16))}`)).status).toBe(403);
    expect(await alive(bens)).toBe(200);
  });

  it("takes codes and passkeys with it", async () => {
    const codes = Array.from({ length: 10 }, (_, place) => `${place}ABCDEFGHJKMN`);
    const authKey = base64url(ben.authKey);
    expect((await bens.post("/api/factors/codes", { authKey, codes })).status).toBe(204);
    const { token } = await reset(2);
    expect((await use(useBody(token, ben))).status).toBe(200);
    const body = { userName: "ben", authKey, recoveryCode: codes[0] };
    expect((await createClient(server).post("/api/login", body)).status).toBe(401);
  });
});

describe("recovery words alone", () => {
  const words = (person: Person, change: object = {}) => ({
    userName: person.userName,
    recoveryAuthKey: base64url(person.recoveryAuthKey),
    totpSecret: base64url(person.totpSecret),
    totpCode: codeOf(server, person),
    ...change,
  });
  const recover = (body: object) => createClient(server).post("/api/recover", body);

  it("set a new app, end every session, and the admins are told", async () => {
    const next = { ...ben, totpSecret: draw(20) };
    const done = await recover(words(next));
    expect([done.status, done.body.userName]).toEqual([200, "ben"]);
    expect(await alive(bens)).toBe(401);
    expect((await listed()).some(({ by, memberNumber }) => by === null && memberNumber === 2)).toBe(
      true,
    );
    ben = next;
    expect(await alive(await logIn(server, ben))).toBe(200);
  });

  it("change nothing when the words or the new code are wrong", async () => {
    const other = { ...ben, totpSecret: draw(20) };
    const before = (await listed()).length;
    const wrongWords = words(other, { recoveryAuthKey: base64url(draw(32)) });
    expect((await recover(wrongWords)).status).toBe(401);
    expect((await recover(words(other, { totpCode: codeOf(server, ben) }))).status).toBe(401);
    expect(await alive(await logIn(server, ben))).toBe(200);
    expect((await listed()).length).toBe(before);
  });

  it("take the same for a name that does not exist", async () => {
    const work = (userName: string) =>
      statementsOf(() => recover(words(ben, { userName, recoveryAuthKey: base64url(draw(32)) })));
    await work("warm-up");
    const known = await work("ben");
    expect(known.status).toBe(401);
    expect(await work("nobody")).toEqual(known);
  });
});
