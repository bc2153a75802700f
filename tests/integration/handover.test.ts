import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { dayOf } from "../../src/protocol/public/time.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { type Client, createClient } from "../support/staff.ts";
import { memberCookie, storeNewsroom } from "../support/stored-newsroom.ts";

let server: TestServer;
let admin: Client;
let bob: Client;
let cem: Client;
let today: number;
beforeAll(async () => {
  server = await startTestServer();
  await storeNewsroom(server);
  const clientOf = async (member: number) =>
    createClient(server, await memberCookie(server, member));
  [admin, bob, cem] = [await clientOf(1), await clientOf(2), await clientOf(3)];
  today = dayOf(server.world.now().getTime());
});
afterAll(() => server.stop());
beforeEach(() => server.pool.query("UPDATE account SET handover_asked_day = NULL"));

const state = async (client: Client) => (await client.get("/api/handover")).body;

describe("asking for a hand-over", () => {
  it("is seen by whom it is about and by admins, and by nobody else", async () => {
    expect((await admin.post("/api/handover/2")).status).toBe(204);
    expect(await state(bob)).toEqual({ askedDay: today, asked: [] });
    expect(await state(cem)).toEqual({ askedDay: null, asked: [] });
    expect(await state(admin)).toEqual({
      askedDay: null,
      asked: [{ memberNumber: 2, day: today }],
    });
  });

  it("is for admins, and only for members that there are", async () => {
    expect((await bob.post("/api/handover/3")).body.error).toBe("forbidden");
    expect((await admin.post("/api/handover/77")).body.error).toBe("not-found");
    for (const wrong of ["x", "-1", "4294967296", "%00"]) {
      expect((await admin.post(`/api/handover/${wrong}`)).body.error).toBe("bad-request");
    }
    expect((await state(admin)).asked).toEqual([]);
  });

  it("keeps its first day, and is one line of the trail however often it is asked", async () => {
    const lines = async () =>
      (await server.pool.query("SELECT 1 FROM audit_line WHERE kind = 40")).rowCount;
    const before = (await lines()) ?? 0;
    await Promise.all(Array.from({ length: 5 }, () => admin.post("/api/handover/2")));
    expect((await state(bob)).askedDay).toBe(today);
    expect(await lines()).toBe(before + 1);
  });

  it("is ended by whom it is about or by an admin, and by nobody else", async () => {
    await admin.post("/api/handover/2");
    expect((await cem.delete("/api/handover/2")).body.error).toBe("forbidden");
    expect((await state(bob)).askedDay).toBe(today);
    expect((await bob.delete("/api/handover/2")).status).toBe(204);
    expect((await bob.delete("/api/handover/2")).status).toBe(204);
    expect((await state(bob)).askedDay).toBeNull();
    await admin.post("/api/handover/3");
    expect((await admin.delete("/api/handover/3")).status).toBe(204);
    expect((await state(cem)).askedDay).toBeNull();
  });

  it("asks for a session", async () => {
    const nobody = createClient(server);
    const answers = [
      await nobody.get("/api/handover"),
      await nobody.post("/api/handover/2"),
      await nobody.delete("/api/handover/2"),
    ];
    expect(answers.map(({ body }) => body.error)).toEqual(answers.map(() => "not-logged-in"));
  });
});
