import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod/mini";
import * as api from "../../src/protocol/public/staff-api.ts";
import { createVaults } from "../../src/server/staff/vaults.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { type Client, createClient, draw, type Person, setUp } from "../support/staff.ts";

let server: TestServer;
let client: Client;
let ann: Person;
beforeAll(async () => {
  server = await startTestServer();
  const made = await setUp(server);
  client = made.client;
  ann = made.admin;
});
afterAll(() => server.stop());

const read = async () => z.decode(api.VaultAnswer, (await client.get("/api/vault")).body);
const write = (change: api.VaultWrite) =>
  client.post("/api/vault", z.encode(api.VaultWrite, change));
const record = (id: string) => ({ id, sealed: draw(72) });

it("begins as it was sent", async () => {
  expect(await read()).toEqual({ version: 1, ...ann.vault });
});

it("puts, replaces and removes records in one step", async () => {
  const before = await read();
  const put = [record("identity"), record("messaging:2969:0")];
  const list = draw(300);
  const answer = await write({ expectVersion: before.version, list, put, remove: ["static"] });
  expect(answer.body).toEqual({ version: before.version + 1 });
  const after = await read();
  const ids = after.records.map(({ id }) => id).sort();
  expect(ids).toEqual(["identity", "messaging:2968:0", "messaging:2969:0"]);
  expect(after.records).toEqual(expect.arrayContaining(put));
  expect(after.list).toEqual(list);
});

it("takes one of two windows' writes and tells the other", async () => {
  const { version } = await read();
  const changes = Array.from({ length: 6 }, (_, i) => ({
    expectVersion: version,
    list: draw(100 + i),
    put: [record(`messaging:3000:${i}`)],
    remove: [],
  }));
  const answers = await Promise.all(changes.map(write));
  const won = answers.findIndex(({ status }) => status === 200);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
  const after = await read();
  expect(after.list).toEqual(changes[won]?.list);
  const added = after.records.filter(({ id }) => id.startsWith("messaging:3000:"));
  expect(added).toEqual(changes[won]?.put);
});

it("is not changed by a write that was refused", async () => {
  const before = await read();
  const many = Array.from({ length: api.staffLimits.vaultRecords }, (_, i) => record(`n:${i}`));
  const change = { expectVersion: before.version, list: draw(10), put: many, remove: [] };
  expect((await write(change)).body).toEqual({ error: "too-large" });
  const twice = [record("identity"), record("identity")].map(({ id, sealed }) => ({
    id,
    sealed: Buffer.from(sealed).toString("base64url"),
  }));
  const body = { ...z.encode(api.VaultWrite, { ...change, put: [] }), put: twice };
  expect((await client.post("/api/vault", body)).status).toBe(400);
  expect(await read()).toEqual(before);
});

it("is nobody else's to read or write", async () => {
  const stranger = createClient(server);
  expect((await stranger.get("/api/vault")).status).toBe(401);
  expect((await stranger.post("/api/vault", {})).status).toBe(401);
});

it("is not read by a request whose session ends on the way: what it came with opens nothing now", async () => {
  const { db } = server.world;
  const vaults = createVaults(db);
  const [session] = await db.session.findMany({ select: { accountId: true, tokenHash: true } });
  const reader = {
    accountId: session?.accountId ?? "",
    tokenHashes: [session?.tokenHash ?? draw(1)],
  };
  expect((await vaults.read(reader)).wrappedKey).toEqual(ann.vault.wrappedKey);
  await db.session.deleteMany({});
  await expect(vaults.read(reader)).rejects.toMatchObject({ code: "not-logged-in" });
});
