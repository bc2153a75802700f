import { afterAll, beforeAll, expect, it } from "vitest";
import { base64url } from "../../src/protocol/public/bytes.ts";
import { dayOf } from "../../src/protocol/public/time.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  type Client,
  createClient,
  draw,
  invite,
  logIn,
  makePerson,
  type Person,
  setUp,
} from "../support/staff.ts";

let server: TestServer;
let ann: Person;
let first: Client;
beforeAll(async () => {
  server = await startTestServer();
  const made = await setUp(server);
  ann = made.admin;
  first = made.client;
});
afterAll(() => server.stop());

type Row = { id: string; kind: string; startedDay: number; activeDay: number; current: boolean };
const list = async (client: Client): Promise<readonly Row[]> =>
  (await client.get("/api/sessions")).body.sessions;
const alive = async (client: Client) => (await client.get("/api/me")).status;

it("are listed by day and kind, the newest first, and this one is marked", async () => {
  const second = await logIn(server, ann);
  const rows = await list(second);
  const today = dayOf(server.world.now().getTime());
  const row = { kind: "app", startedDay: today, activeDay: today };
  expect(rows.map(({ id: _, ...rest }) => rest)).toEqual([
    { ...row, current: true },
    { ...row, current: false },
  ]);
  await second.post("/api/logout");
});

it("tell no time finer than a day, and no token", async () => {
  const { rows } = await server.pool.query<{ hash: string }>(
    "SELECT encode(token_hash, 'base64') AS hash FROM session",
  );
  const told = JSON.stringify(await list(first));
  for (const { hash } of rows) expect(told).not.toContain(hash.slice(0, 12));
  expect(told).not.toMatch(/\d{2}:\d{2}/);
});

it("end one by one, and nobody else's can be ended", async () => {
  const second = await logIn(server, ann);
  const ben = makePerson("ben");
  const { client: bens } = await invite(server, first, ben);
  const [bensRow] = await list(bens);
  expect((await first.delete(`/api/sessions/${bensRow?.id}`)).status).toBe(404);
  expect(await alive(bens)).toBe(200);
  const mine = (await list(first)).find(({ current }) => !current);
  expect((await first.delete(`/api/sessions/${mine?.id}`)).status).toBe(204);
  expect(await alive(second)).toBe(401);
  expect((await first.delete(`/api/sessions/${mine?.id}`)).status).toBe(404);
  expect((await first.delete(`/api/sessions/${base64url(draw(16))}`)).status).toBe(404);
  expect((await first.delete("/api/sessions/x")).status).toBe(400);
  expect(await alive(first)).toBe(200);
});

it("end all but this one", async () => {
  const others = [await logIn(server, ann), await logIn(server, ann)];
  expect((await first.post("/api/sessions/end-others")).status).toBe(204);
  expect(await Promise.all(others.map(alive))).toEqual([401, 401]);
  expect(await list(first)).toHaveLength(1);
  expect((await createClient(server).get("/api/sessions")).status).toBe(401);
});
