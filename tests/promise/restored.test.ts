import { describe, expect, it } from "vitest";
import type { BrowserStore } from "../../src/browser/newsroom/worker/browser-store.ts";
import { rotatingFunctions } from "../../src/browser/newsroom/worker/rotating.ts";
import { paperStore } from "../support/paper-staff.ts";
import type { TestServer } from "../support/server.ts";
import {
  again,
  eachWithWitnesses,
  keepState,
  kindsOf,
  rotate,
  type Witnesses,
} from "../support/witnesses.ts";

/** A log that was set back, by an operator or by an attacker, and the one statement that explains it. docs/protocol.md §16.7. */
let server: TestServer;
let both: Witnesses;
eachWithWitnesses((fresh, two) => {
  server = fresh;
  both = two;
});

type Between = {
  readonly rotated: readonly number[];
  readonly seenByBen: boolean;
  /** Another browser of Ben's that has seen it as well. */
  readonly alsoIn?: BrowserStore;
};

/** What Ann did after the backup, and who has seen it, is gone. */
const playBackup = async ({ rotated, seenByBen, alsoIn }: Between): Promise<void> => {
  const back = await keepState(server);
  const before = await both.ann.open();
  await rotate(before, rotated);
  // Twice: what it still says of the longer log must not arrive after the backup.
  await again(before);
  await again(before);
  if (seenByBen) await both.ben.open();
  if (alsoIn !== undefined) await both.ben.open({ store: alsoIn });
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

  it("is accepted in each browser of a member, also where another one was first", async () => {
    await both.ben.open();
    const phone = paperStore();
    await both.ben.open({ store: phone });
    await playBackup({ rotated: [2], seenByBen: true, alsoIn: phone });
    expect(kindsOf(await both.ben.open({ store: phone }))).toEqual(["shrunk"]);
    const ann = await both.ann.open();
    await ann.log.sayRestored();
    expect(kindsOf(await both.ben.open())).toEqual([]);
    const late = await both.ben.open({ store: phone });
    expect([kindsOf(late), late.session.opened().trust]).toEqual([[], "held"]);
    expect(kindsOf(await both.ben.open({ store: phone }))).toEqual([]);
  }, 120_000);

  it("is no excuse in the second browser either for a log set back to just after it", async () => {
    const phone = paperStore();
    await playBackup({ rotated: [2], seenByBen: true, alsoIn: phone });
    const ann = await both.ann.open();
    await ann.log.sayRestored();
    await ann.keys.confirmRoster();
    expect(kindsOf(await both.ben.open())).toEqual([]);
    const back = await keepState(server);
    await both.ben.open({ store: phone });
    await rotate(ann, [2]);
    await again(ann);
    expect(kindsOf(await both.ben.open({ store: phone }))).toEqual([]);
    await back();
    expect(kindsOf(await both.ben.open({ store: phone }))).toEqual(["shrunk"]);
  }, 120_000);

  it("does not leave the list refused for ever where only the list was seen of what is gone", async () => {
    await both.ben.open();
    const ann = await both.ann.open();
    const back = await keepState(server);
    await rotate(ann, [2]);
    const noLog = (path: string): void => {
      if (path.startsWith("/api/log/")) throw new TypeError("the line broke");
    };
    await both.ben.open({ before: noLog });
    await again(ann);
    await back();
    const before = await both.ben.open();
    expect([kindsOf(before), before.session.opened().trust]).toEqual([
      ["list-gone"],
      "contradicted",
    ]);
    await (await both.ann.open()).log.sayRestored();
    const ben = await both.ben.open();
    expect([kindsOf(ben), ben.session.opened().trust]).toEqual([[], "held"]);
  }, 120_000);

  it("locks a desk that was open meanwhile and holds what is gone, and the next unlock takes it", async () => {
    const ben = await both.ben.open();
    const told: string[] = [];
    const ann = await both.ann.open({ emit: ({ kind }) => told.push(kind) });
    const back = await keepState(server);
    await rotate(ann, [2]);
    await again(ann);
    await ben.session.world().refreshRoster();
    await again(ben);
    await back();
    expect(told).not.toContain("locked");
    await ann.log.sayRestored().catch(() => undefined);
    expect(told).toContain("locked");
    await ben.log.lookAtLog().catch(() => undefined);
    const anns = await both.ann.open();
    expect([kindsOf(anns), anns.session.opened().trust]).toEqual([[], "unknown"]);
    await anns.keys.confirmRoster();
    const bens = await both.ben.open();
    expect([kindsOf(bens), bens.session.opened().trust]).toEqual([[], "held"]);
  }, 120_000);
});
