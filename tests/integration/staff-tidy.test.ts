import { afterAll, beforeAll, expect, it } from "vitest";
import { createTrail } from "../../src/server/audit/trail.ts";
import { createStaffSide } from "../../src/server/staff-side.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { createClient, invite, loginBody, makePerson, setUp } from "../support/staff.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it("drops sessions, tries and invites that have run out, and no others", async () => {
  const { client, admin } = await setUp(server);
  const { db } = server.world;
  await client.post("/api/invites", { tokenHash: "A".repeat(43), label: "never answered" });
  await invite(server, client, makePerson("bob"));
  await createClient(server).post("/api/login", {
    ...loginBody(server, admin),
    userName: "nobody",
  });
  const { tidy } = createStaffSide({ ...server.world, audit: createTrail(server.world) });
  const counts = async () => {
    await tidy();
    return [await db.session.count(), await db.tryDelay.count(), await db.invite.count()];
  };
  expect(await counts()).toEqual([2, 1, 2]);
  server.moveSeconds(2 * 3_600);
  expect(await counts()).toEqual([2, 0, 2]);
  server.moveSeconds(14 * 3_600);
  expect(await counts()).toEqual([0, 0, 2]);
  server.moveDays(11);
  expect(await counts()).toEqual([0, 0, 1]);
});
