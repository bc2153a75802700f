import { afterAll, beforeAll, expect, it } from "vitest";
import { parseAuditAnchor } from "../../src/protocol/public/audit-anchor.ts";
import { dayOf } from "../../src/protocol/public/time.ts";
import { recompute, runAnchor } from "../support/audit.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { logIn, setUp, type TestNewsroom } from "../support/staff.ts";

let server: TestServer;
let made: TestNewsroom;
beforeAll(async () => {
  server = await startTestServer();
  await runAnchor(server);
  made = await setUp(server);
});
afterAll(() => server.stop());

const anchors = async () => {
  const { rows } = await server.pool.query<{ bytes: Buffer }>(
    "SELECT bytes FROM log_leaf ORDER BY index",
  );
  return rows.flatMap(({ bytes }) => parseAuditAnchor(new Uint8Array(bytes)) ?? []);
};

it("the newest line's hash is in the key log once a day, also on a day without a line", async () => {
  expect(await anchors()).toEqual([]);
  const day = dayOf(server.world.now().getTime());
  const other = await startTestServer({ beside: server, now: server.world.now() });
  await Promise.all([runAnchor(server), runAnchor(other), runAnchor(server)]);
  await other.stop();
  const client = await logIn(server, made.admin);
  await runAnchor(server);
  server.moveDays(1);
  await runAnchor(server);
  server.moveDays(1);
  await runAnchor(server);
  server.moveDays(-2);
  await runAnchor(server);
  const { newsroomId } = made.newsroom;
  const { links } = await recompute({ client, newsroomId });
  const [first, second] = links.map(({ hash }) => hash);
  expect(await anchors()).toEqual([
    { day, hash: first },
    { day: day + 1, hash: second },
    { day: day + 2, hash: second },
  ]);
});

it("an anchor says neither how many lines there are nor what they tell", async () => {
  const [anchor] = await anchors();
  const { rows } = await server.pool.query(
    "SELECT bytes FROM log_leaf WHERE get_byte(bytes, 0) = 64",
  );
  expect(rows.map(({ bytes }) => bytes.length)).toEqual([38, 38, 38]);
  expect(anchor?.hash).toHaveLength(32);
});
