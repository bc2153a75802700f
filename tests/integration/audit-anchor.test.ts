import { afterAll, beforeAll, expect, it } from "vitest";
import { auditFunctions } from "../../src/browser/newsroom/worker/audit.ts";
import { parseAuditAnchor } from "../../src/protocol/public/audit-anchor.ts";
import { dayOf } from "../../src/protocol/public/time.ts";
import { createTrail } from "../../src/server/audit/trail.ts";
import { recompute, runAnchor } from "../support/audit.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { logIn, setUp, type TestNewsroom } from "../support/staff.ts";
import { setUpByWorker } from "../support/worker-client.ts";

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

it("a trail written anew with every hash right is found by somebody who never looked before", async () => {
  const other = await startTestServer();
  const { client } = await setUpByWorker(other);
  const audit = auditFunctions(client.session);
  const none = { progress: () => undefined, transfer: () => undefined };
  const verify = () => audit.verifyAudit(undefined, none);
  const events = (count: number) =>
    other.world.db.$transaction((tx) =>
      createTrail(other.world).append(
        tx,
        ...Array.from({ length: count }, () => ({ kind: "invite-made", actor: 1 }) as const),
      ),
    );
  await events(2);
  await runAnchor(other);
  await client.log.lookAtLog();
  expect(await verify()).toMatchObject({ whole: true, anchors: 1, unanchored: [] });
  const day = dayOf(other.world.now().getTime());
  await other.pool.query("DELETE FROM audit_line WHERE number > 1");
  await events(5);
  await client.session.world().records.change(() => ({ remove: ["audit-seen"] }));
  const forgets = {
    ...client.session,
    store: { get: async () => null, put: async () => undefined, drop: async () => undefined },
  };
  const fresh = auditFunctions(forgets).verifyAudit(undefined, none);
  expect(await fresh).toMatchObject({ whole: false, altered: [], unanchored: [day] });
  await other.stop();
});
