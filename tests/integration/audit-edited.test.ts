import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { AUDIT_KINDS } from "../../src/protocol/public/audit.ts";
import { createTrail } from "../../src/server/audit/trail.ts";
import { recompute } from "../support/audit.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { setUp, type TestNewsroom } from "../support/staff.ts";

/** Somebody with the database's password, and what a member's browser makes of it. */
let server: TestServer;
let made: TestNewsroom;
let reader: Parameters<typeof recompute>[0];

const append = (count: number): Promise<void> =>
  server.world.db.$transaction((tx) =>
    createTrail(server.world).append(
      tx,
      ...Array.from({ length: count }, () => ({ kind: "invite-made", actor: 1 }) as const),
    ),
  );

beforeAll(async () => {
  server = await startTestServer();
  made = await setUp(server);
  reader = { client: made.client, newsroomId: made.newsroom.newsroomId };
  await append(6);
  await server.pool.query("CREATE TABLE kept AS SELECT * FROM audit_line");
});
afterEach(async () => {
  await server.pool.query("DELETE FROM audit_line; INSERT INTO audit_line SELECT * FROM kept");
});
afterAll(() => server.stop());

const changed = async (sql: string) => {
  const before = await recompute(reader);
  expect(before).toMatchObject({ checked: 7, faults: [], contradicted: [] });
  await server.pool.query(sql);
  const witness = { ...before.head, by: "vault" as const };
  const { faults, contradicted } = await recompute(reader, [witness]);
  return { faults: faults.map((fault) => `${fault.what} ${fault.number}`), contradicted };
};

describe("an edit by hand in the database is found:", () => {
  it.each([
    ["who did it", "actor = 2"],
    ["no actor", "actor = NULL"],
    ["an actor beyond 16 bits that looks the same in them", "actor = 65537"],
    ["another kind", `kind = ${AUDIT_KINDS["member-left"].code}`],
    ["a kind that there is not", "kind = 999"],
    ["the day", "day = day - 1"],
    ["the minute", "minute = minute - 1"],
    ["no minute", "minute = NULL"],
    ["the subject", "subject = 1"],
    ["a value more", "values = ARRAY[1]"],
    ["a value below zero", "values = ARRAY[-1]"],
    ["the salt", "salt = sha256('x')"],
  ])("%s", async (_, set) => {
    const { faults } = await changed(`UPDATE audit_line SET ${set} WHERE number = 4`);
    expect(faults).toEqual(["altered 4"]);
  });

  it("a hash", async () => {
    const set = "UPDATE audit_line SET hash = sha256('x') WHERE number = 4";
    expect((await changed(set)).faults).toEqual(["altered 4", "altered 5"]);
  });

  it("a line deleted", async () => {
    const { faults } = await changed("DELETE FROM audit_line WHERE number = 4");
    expect(faults).toEqual(["missing 4"]);
  });

  it("a line deleted and the rest moved up", async () => {
    const { faults } = await changed(`
      DELETE FROM audit_line WHERE number = 4;
      UPDATE audit_line SET number = -number WHERE number > 4;
      UPDATE audit_line SET number = -number - 1 WHERE number < 0`);
    expect(faults).toEqual(["altered 4", "altered 5", "altered 6"]);
  });

  it("a line put in between", async () => {
    const { faults } = await changed(`
      UPDATE audit_line SET number = -number WHERE number > 3;
      UPDATE audit_line SET number = -number + 1 WHERE number < 0;
      INSERT INTO audit_line SELECT 4, day, minute, kind, actor, subject, values, salt, hash
        FROM audit_line WHERE number = 3`);
    expect(faults).toContain("altered 4");
  });

  it("two lines swapped", async () => {
    const { faults } = await changed(`
      UPDATE audit_line SET number = -4 WHERE number = 4;
      UPDATE audit_line SET number = 4 WHERE number = 5;
      UPDATE audit_line SET number = 5 WHERE number = -4`);
    expect(faults).toEqual(["altered 4", "altered 5", "altered 6"]);
  });

  it("the newest lines cut off, by whoever looked before", async () => {
    const { faults, contradicted } = await changed("DELETE FROM audit_line WHERE number > 5");
    expect(faults).toEqual([]);
    expect(contradicted.map(({ number }) => number)).toEqual([7]);
  });

  it("all of it written anew with every hash right, by whoever looked before", async () => {
    const { head } = await recompute(reader);
    await server.pool.query("DELETE FROM audit_line WHERE number > 1");
    await append(8);
    const witness = { ...head, by: "browser" as const };
    const { faults, contradicted } = await recompute(reader, [witness]);
    expect([faults, contradicted]).toEqual([[], [witness]]);
  });

  it("and a row that became nonsense ends no page", async () => {
    await server.pool.query(
      "UPDATE audit_line SET kind = -7, values = NULL, salt = '', hash = '', actor = -1",
    );
    const query = { before: 0, kinds: [], member: null, fromDay: null, toDay: null };
    const page = await made.client.post("/api/audit/page", query);
    expect(page.body.lines[6]).toEqual({ number: 1, body: null, hash: expect.any(String) });
    const { faults } = await recompute(reader);
    expect(faults.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});
