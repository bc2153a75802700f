import type { Desk } from "../../src/browser/source/worker/desk.ts";
import { type Act, isDone, NOTHING, type Ready } from "./acts.ts";
import { withPosted } from "./posted.ts";
import type { Scene, SourceTruth } from "./scene.ts";
import { readBack, startVisit, type Visit } from "./sources.ts";
import { type Came, carryOut } from "./staff.ts";
import { surelyReachable, type Told } from "./truth.ts";

/** What sources do: write to whom they choose, come back, write more, delete. */

const MOST_SOURCES = 3;

const sourceAt = (scene: Scene, which: number): SourceTruth => {
  const place = which % MOST_SOURCES;
  const there = scene.sources.findLast((source) => source.place === place);
  if (there !== undefined && !there.isLost) return there;
  const made: SourceTruth = {
    place,
    number: scene.sources.length,
    words: null,
    visit: null,
    isWriting: false,
    isLost: false,
  };
  scene.sources.push(made);
  return made;
};

/** Everybody who must be offered is. */
const checkOffered = (scene: Scene, { opened }: Visit): void => {
  if (opened.writing !== "open" && opened.writing !== "nobody") return;
  const offered = new Set(
    opened.recipients.flatMap(({ entry, messaging }) =>
      messaging === null ? [] : [entry.memberNumber],
    ),
  );
  const lacking = surelyReachable(scene.truth, scene.bothDays()[1]).find(
    ({ number }) => !offered.has(number),
  );
  if (lacking !== undefined) throw new Error(`${lacking.name} is not offered to sources`);
};

/** A page opened now, or one left open since another day. */
const visitOf = async (scene: Scene, source: SourceTruth, stale: boolean): Promise<Visit> => {
  const { visit } = source;
  if (stale && visit !== null && !visit.line.isClosed()) return visit;
  const fresh = await startVisit(scene.world(source.number));
  checkOffered(scene, fresh);
  source.visit = fresh;
  return fresh;
};

const chosenOf = ({ opened }: Visit, readers: number): readonly number[] => {
  const reachable = opened.recipients.flatMap(({ entry, messaging }) =>
    messaging === null ? [] : [entry.memberNumber],
  );
  const some = reachable.filter((_, index) => ((readers >> index) & 1) === 1);
  return some.length > 0 ? some : reachable;
};

type Sending = {
  readonly scene: Scene;
  readonly source: SourceTruth;
  readonly visit: Visit;
  readonly desk: Desk;
  readonly chosen: readonly number[];
  readonly reRead: boolean;
};

const toldOf = ({ scene, source, chosen, reRead }: Sending): Told => ({
  words: scene.newWords(),
  source: source.number,
  by: "source",
  epoch: 0,
  isShare: false,
  given: new Map(),
  readers: new Map(chosen.map((number) => [number, "must"])),
  toSource: reRead ? "must" : "never",
  readBy: new Set(),
  perhapsReadBy: new Set(),
  ids: new Set(),
  arrival: 0,
  period: 0,
  day: 0,
});

const send = async (sending: Sending, told: Told): Promise<Came<unknown>> => {
  const { scene, source, visit, desk, chosen, reRead } = sending;
  return carryOut(visit.line, async () => {
    await desk.send(
      {
        place: source.words === null ? "tip" : "conversation",
        text: told.words,
        readers: chosen,
        reRead,
        files: [],
        nowMs: scene.ground.nowMs(),
      },
      { opened: visit.opened, renew: visit.renew },
    );
    // Shown only after the answer: whoever closes the page before has no way back.
    source.words ??= desk.mailbox.words();
  });
};

export type Tip = {
  readonly from: number;
  /** A bit for each reader that can be reached; none: all. */
  readonly readers: number;
  readonly reRead: boolean;
  readonly stale: boolean;
};

/** The first message of a source, or another one in the conversation. */
export const writes = ({ from, readers, reRead, stale }: Tip): Act => {
  const says = `source ${from} writes to ${readers.toString(2)}${stale ? ", old page" : ""}`;
  return {
    says,
    prepare: async (scene): Promise<Ready | null> => {
      const source = sourceAt(scene, from);
      // Nobody sends a first message twice at once: the second would be another mailbox.
      if (source.isWriting) return null;
      const visit = await visitOf(scene, source, stale);
      const chosen = chosenOf(visit, readers);
      if (visit.opened.writing !== "open" || chosen.length === 0) return null;
      const desk = visit.desk(source.words);
      if (source.words !== null) await readBack(visit, desk);
      const sending = { scene, source, visit, desk, chosen, reRead };
      source.isWriting = source.words === null;
      return {
        line: visit.line,
        go: async ({ alone }) => {
          const told = toldOf(sending);
          const { value: came, ids } = await withPosted(() => send(sending, told));
          const sure = isDone(says, came);
          source.isWriting = false;
          // What was perhaps stored has nobody who could come back to it.
          source.isLost = source.words === null;
          // Nothing stands in the way of who has just opened the page.
          if (!sure && alone && !stale) throw new Error(`${says}: refused`);
          return { sure, told: { ...told, ids } };
        },
      };
    },
  };
};

/** All of the conversation, for good. */
export const deletesAll = (from: number): Act => ({
  says: `source ${from} deletes all`,
  prepare: async (scene): Promise<Ready | null> => {
    const source = sourceAt(scene, from);
    if (source.words === null) return null;
    const visit = await visitOf(scene, source, false);
    const desk = visit.desk(source.words);
    return {
      line: visit.line,
      go: async () => {
        const goes = (told: Told): boolean => told.source === source.number;
        const gone = [...scene.truth.told].filter(goes);
        const came = await carryOut(visit.line, () =>
          desk.mailbox.request("/api/mailbox/delete", { method: "POST", repeat: true }),
        );
        return { sure: isDone("deletes all", came), goes, gone };
      },
    };
  },
});

/** Opens the page and leaves it open. */
export const looksIn = (from: number): Act => ({
  says: `source ${from} opens the page`,
  prepare: async (scene) => {
    const visit = await visitOf(scene, sourceAt(scene, from), false);
    return { line: visit.line, go: async () => NOTHING };
  },
});
