import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { equal } from "../../src/protocol/public/bytes.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  kindsOf,
  leavesOf,
  rewriteLog,
  rotate,
  twoWitnesses,
  type Witnesses,
} from "../support/witnesses.ts";

/** The proofs that come with each answer hold for the newest list alone: an older one must be looked for. docs/protocol.md §16.6. */
const ROSTER = 3;
let server: TestServer;
let both: Witnesses;
beforeAll(async () => {
  server = await startTestServer({ now: new Date("2026-11-22T12:00:00Z") });
  both = await twoWitnesses(server);
}, 120_000);
afterAll(() => server?.stop());

describe("a list that staff are shown", { timeout: 60_000 }, () => {
  it("is not called missing when it is signed while the log is looked at", async () => {
    let meanwhile = (): Promise<unknown> => Promise.resolve();
    const ben = await both.ben.open({
      line: async ({ path }, ask) => {
        const answer = await ask();
        if (path.startsWith("/api/log/evidence")) await meanwhile();
        return answer;
      },
    });
    const ann = await both.ann.open();
    let signed = 0;
    meanwhile = async () => {
      if (signed > 0) return;
      signed = 1;
      await rotate(ann, [1]);
      // What an open desk does each minute.
      await ben.session.world().refreshRoster();
    };
    const { findings } = await ben.log.lookAtLog();
    expect([findings, signed]).toEqual([[], 1]);
  });

  it("is found missing in a log that has only its successor", async () => {
    await both.ben.open();
    const ann = await both.ann.open();
    await rotate(ann, [1]);
    const hidden = (await leavesOf(server)).filter((leaf) => leaf[0] === ROSTER).at(-1);
    await rotate(ann, [1]);
    await ann.log.lookAtLog();
    const leaves = await leavesOf(server);
    await rewriteLog(
      server,
      leaves.filter((leaf) => hidden === undefined || !equal(leaf, hidden)),
    );
    // Ann's browser has seen the other log; her word is held back.
    await server.pool.query("DELETE FROM seen_statement");
    expect(kindsOf(await both.ben.open())).toEqual(["roster-unlogged"]);
    // Its place has been read, and is not read again: said as long as it is shown.
    expect(kindsOf(await both.ben.open())).toEqual(["roster-unlogged"]);
  });
});
