import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import * as z from "zod/mini";
import { openBundle, parseBundle } from "../../src/protocol/public/bundle.ts";
import { base64url } from "../../src/protocol/public/bytes.ts";
import { newestEra } from "../../src/protocol/public/newsroom-keys.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { dayOf } from "../../src/protocol/public/time.ts";
import { createNewsroom } from "../../src/protocol/secret/sign.ts";
import { createSetupTokens } from "../../src/server/setup/setup-token.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  codeOf,
  createClient,
  draw,
  issueSetupToken,
  makePerson,
  setUp,
  setupBody,
  startAgain,
} from "../support/staff.ts";
import { sodium } from "../vectors/backends.ts";

let base: TestServer;
let server: TestServer;
beforeAll(async () => {
  base = await startTestServer();
});
afterAll(() => base.stop());
beforeEach(async () => {
  server = await startAgain(base);
});
afterEach(() => server.stop());

const bodyFor = (userName: string, setupToken: Uint8Array) => {
  const newsroom = createNewsroom(sodium, dayOf(server.world.now().getTime()));
  const body = { setupToken, ...setupBody(server, makePerson(userName), newsroom) };
  return z.encode(api.Setup, body);
};

it("tells nobody of a newsroom before set-up", async () => {
  const answer = await createClient(server).get("/api/newsroom");
  expect([answer.status, answer.body]).toEqual([404, { error: "not-set-up" }]);
});

it("makes a newsroom whose public answer verifies, and an admin who is a journalist", async () => {
  const { newsroom, client } = await setUp(server);
  const { bytes } = await client.get("/api/newsroom");
  const opened = openBundle(sodium, parseBundle(bytes));
  expect(newestEra(opened).key).toEqual(newsroom.key);
  const me = await client.get("/api/me");
  expect(me.body).toEqual({
    userName: "ann",
    role: "admin",
    memberNumber: 1,
    today: dayOf(server.world.now().getTime()),
    sourceOrigin: server.source,
    newsroomOrigin: server.newsroom,
  });
});

it("takes a link once", async () => {
  await setUp(server);
  const again = await createClient(server).post("/api/setup", bodyFor("eve", draw(32)));
  expect([again.status, again.body.error]).toEqual([409, "already-set-up"]);
  expect(await createSetupTokens(server.world).issue()).toBeNull();
});

it("voids the link of the start before", async () => {
  const old = await issueSetupToken(server);
  const current = await issueSetupToken(server);
  const client = createClient(server);
  const check = (token: Uint8Array) =>
    client.post("/api/setup/check", { setupToken: base64url(token) });
  expect((await check(old)).body).toEqual({ error: "setup-link-void" });
  expect((await check(current)).body).toEqual({ sourceOrigins: [server.source] });
  expect((await client.post("/api/setup", bodyFor("ann", old))).status).toBe(403);
});

it("sets up one newsroom when two are sent at once", async () => {
  const token = await issueSetupToken(server);
  const answers = await Promise.all(
    ["ann", "bob", "eve"].map((name) =>
      createClient(server).post("/api/setup", bodyFor(name, token)),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  expect(await server.world.db.newsroomStatement.count()).toBe(1);
  expect(await server.world.db.account.count()).toBe(1);
});

it("keeps nothing of a set-up that was refused", async () => {
  const token = await issueSetupToken(server);
  const body = bodyFor("ann", token);
  const other = bodyFor("bob", token);
  const client = createClient(server);
  const wrong = [
    { ...body, roster: other.roster },
    { ...body, settings: `${body.settings.slice(0, -4)}AAAA` },
    { ...body, messagingKeys: other.messagingKeys },
    { ...body, created: other.created },
  ];
  for (const one of wrong) expect((await client.post("/api/setup", one)).status).toBe(400);
  const person = makePerson("ann");
  const account = { ...body.account, totpCode: codeOf(server, person) };
  expect((await client.post("/api/setup", { ...body, account })).status).toBe(401);
  expect(await server.world.db.account.count()).toBe(0);
  expect((await client.post("/api/setup", body)).status).toBe(200);
});
