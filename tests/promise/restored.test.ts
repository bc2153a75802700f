import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { rotatingFunctions } from "../../src/browser/newsroom/worker/rotating.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { startAgain } from "../support/staff.ts";
import {
  again,
  keepState,
  kindsOf,
  rotate,
  twoWitnesses,
  type Witnesses,
} from "../support/witnesses.ts";

/** A log that was set back, by an operator or by an attacker, and the one statement that explains it. docs/protocol.md §16.7. */
let base: TestServer;
let server: TestServer;
let both: Witnesses;
beforeAll(async () => {
  base = await startTestServer();
});
afterAll(() => base.stop());
beforeEach(async () => {
  server = await startAgain(base, { now: new Date("2026-11-22T12:00:00Z") });
  both = await twoWitnesses(server);
}, 120_000);
afterEach(() => server.stop());

type Between = { readonly rotated: readonly number[]; readonly seenByBen: boolean };

/** What Ann did after the backup, and who has seen it, is gone. */
const playBackup = async ({ rotated, seenByBen }: Between): Promise<void> => {
  const back = await keepState(server);
  const before = await both.ann.open();
  await rotate(before, rotated);
  // Twice: what it still says of the longer log must not arrive after the backup.
  await again(before);
  await again(before);
  if (seenByBen) await both.ben.open();
  await back();
};

describe("a backup that is played in", () => {
  it("is accepted once, by those who are shown who said so, and explains no second setting back", async () => {
    await both.ann.open();
    await both.ben.open();
    await playBackup({ rotated: [2], seenByBen: true });
    const ann = await both.ann.open();
    expect(kindsOf(ann)).toEqual(["shrunk"]);
    expect(kindsOf(await both.ben.open())).toEqual(["shrunk"]);
    await ann.log.sayRestored();
    expect(ann.log.witnessed().findings).toEqual([]);
    expect(ann.log.witnessed().changes).toEqual([{ kind: "restored", name: "Ann" }]);
    // Whoever signs is asked by name before anything is signed on the older list.
    expect(ann.session.opened().trust).toBe("unknown");
    const ben = await both.ben.open();
    expect(ben.found).toMatchObject({
      findings: [],
      changes: [{ kind: "restored", name: "Ann" }],
    });
    expect(ben.session.opened().trust).toBe("held");
    expect(kindsOf(await both.ben.open())).toEqual([]);
    const again2 = await keepState(server);
    await ann.keys.confirmRoster();
    await rotate(ann, [2]);
    await again(ann);
    expect(kindsOf(await both.ben.open())).toEqual([]);
    await again2();
    expect(kindsOf(await both.ben.open())).toEqual(["shrunk"]);
  }, 120_000);

  it.each([
    { stolen: false, found: [] },
    { stolen: true, found: ["shrunk"] },
  ])(
    "is accepted under the key of its time, unless that was stolen: $stolen",
    async (key) => {
      await playBackup({ rotated: [1, 2], seenByBen: true });
      const ann = await both.ann.open();
      await ann.log.sayRestored();
      await ann.keys.confirmRoster();
      const rotating = rotatingFunctions(ann.session);
      const words = both.newsroomWords.join(" ");
      await rotating.startRotation({ words, stolen: key.stolen });
      await rotating.finishRotation();
      expect(kindsOf(await both.ben.open())).toEqual(key.found);
      // Said once more, under the key of now, it counts for those who had been away as well.
      await ann.log.sayRestored();
      expect(kindsOf(await both.ben.open())).toEqual([]);
    },
    120_000,
  );

  it("cannot be said by the server, nor by a member without the newsroom's key", async () => {
    const ben = await both.ben.open();
    await expect(ben.log.sayRestored()).rejects.toThrow("forbidden");
  }, 120_000);

  it("is accepted also when the log has meanwhile grown as long as it was", async () => {
    await playBackup({ rotated: [2], seenByBen: true });
    // Its head goes into the log once a day.
    for (let days = 0; days < 3; days += 1) {
      server.moveDays(1);
      await server.runJobs();
    }
    const ann = await both.ann.open();
    expect(kindsOf(ann)).toEqual(["fork"]);
    await ann.log.sayRestored();
    expect(ann.log.witnessed().findings).toEqual([]);
    expect(kindsOf(await both.ben.open())).toEqual([]);
    expect(kindsOf(await both.ben.open())).toEqual([]);
  }, 120_000);

  it("explains nothing to whoever has read its statement and needed none", async () => {
    await both.ben.open();
    await playBackup({ rotated: [1], seenByBen: false });
    const ann = await both.ann.open();
    await ann.log.sayRestored();
    await ann.keys.confirmRoster();
    // For Ben the log has only grown.
    expect((await both.ben.open()).found).toMatchObject({ findings: [], changes: [] });
    const again2 = await keepState(server);
    await rotate(ann, [2]);
    await again(ann);
    expect(kindsOf(await both.ben.open())).toEqual([]);
    await again2();
    expect(kindsOf(await both.ben.open())).toEqual(["shrunk"]);
  }, 120_000);
});
