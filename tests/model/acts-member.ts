import type { ConversationShown } from "../../src/browser/newsroom/worker/reading/shapes.ts";
import {
  type Act,
  doAt,
  dropTab,
  isDone,
  isDoneAt,
  NOTHING,
  numberAt,
  pick,
  type Seat,
  seatAnew,
  seatSays,
  takeSeat,
} from "./acts.ts";
import { withPosted } from "./posted.ts";
import { noteUnlock, type Scene } from "./scene.ts";
import { carryOut, enterTab, type Tab } from "./staff.ts";
import { isRefused, type Standing, type Told } from "./truth.ts";

/** What members do with messages. */

/** Unlocks a new tab in the place of what was there. */
export const unlocks = (seat: Seat): Act => ({
  says: `${seatSays(seat)} unlocks`,
  prepare: async (scene) => {
    const tab = seatAnew(scene, seat);
    if (tab === null) return null;
    const { person, browser } = tab;
    return {
      line: tab.line,
      go: async ({ alone }) => {
        const came = await carryOut(tab.line, () => enterTab(scene.ground, tab));
        const done = isDone(`${person.name} unlocks`, came);
        if (alone && !done) throw new Error(`${person.name} cannot unlock`);
        // At once with something else, who can say what was read and published before it?
        noteUnlock(scene, person, alone ? came : { kind: "closed" });
        if (done) browser.tabs.set(seat.tab, tab);
        return NOTHING;
      },
    };
  },
});

/** What the worker does once a minute: newer lists, letters. */
export const beats = (seat: Seat): Act => ({
  says: `${seatSays(seat)} beats`,
  prepare: async (scene) => {
    const tab = await takeSeat(scene, seat);
    if (tab === null) return null;
    const go = async () => {
      await doAt("beats", tab, async () => tab.beat());
      return NOTHING;
    };
    return { line: tab.line, go };
  },
});

type Conversation = { readonly tab: Tab; readonly shown: ConversationShown };

const QUERY = { page: 0, filter: "all", find: "", opened: null } as const;

export const openOne = async (
  scene: Scene,
  seat: Seat,
  which: number,
): Promise<Conversation | null> => {
  const tab = await takeSeat(scene, seat);
  if (tab === null) return null;
  const { rooms } = tab;
  const row = pick(rooms.inboxPage(QUERY).rows, which);
  if (row === undefined) return null;
  const shown = await doAt("opens", tab, () => rooms.openConversation({ mailbox: row.mailbox }));
  return shown === null ? null : { tab, shown };
};

export const toldIn = ({ truth }: Scene, shown: ConversationShown): readonly Told[] => {
  const words = new Set(
    shown.messages.flatMap((message) => (message.kind === "open" ? [message.text] : [])),
  );
  return [...truth.told].filter((told) => words.has(told.words));
};

/** Marks what is read, in the vault. */
export const reads = (seat: Seat, which: number): Act => ({
  says: `${seatSays(seat)} reads conversation ${which}`,
  prepare: async (scene) => {
    const open = await openOne(scene, seat, which);
    return open === null ? null : { line: open.tab.line, go: async () => NOTHING };
  },
});

type Replying = {
  readonly scene: Scene;
  readonly tab: Tab;
  readonly told: Told;
  readonly names: readonly string[];
};

/** By name: names are not given twice in a run. */
export const membersNamed = ({ truth }: Scene, names: readonly string[]): readonly number[] =>
  [...truth.members.values()]
    .filter(({ name }) => names.includes(name))
    .map(({ number }) => number);

/** Nobody may be among the readers who was not among them before, but the writer. */
const checkReaders = (readers: readonly number[], writer: number, there: readonly Told[]): void => {
  const known = new Set(there.flatMap((told) => [...told.readers.keys()]));
  const odd = readers.find((number) => number !== writer && !known.has(number));
  if (odd !== undefined) throw new Error(`a reply would go to member ${odd}`);
};

const toldReply = ({ scene, tab, names }: Omit<Replying, "told">, there: Told): Told => {
  const writer = numberAt(scene, tab);
  // Who could not be reached is known from the answer only.
  const colleagues = membersNamed(scene, names).map((number): [number, Standing] => [
    number,
    "may",
  ]);
  return {
    words: scene.newWords(),
    source: there.source,
    by: writer,
    epoch: scene.truth.members.get(writer)?.epoch ?? 0,
    isShare: false,
    given: new Map(),
    readers: new Map([...colleagues, [writer, "may"]]),
    toSource: "must",
    readBy: new Set(),
    perhapsReadBy: new Set(),
    ids: new Set(),
    arrival: 0,
    period: 0,
    day: 0,
  };
};

/** What the answer says: who of the readers could not be reached. */
const noteReached = (scene: Scene, told: Told, unreachable: readonly string[]): void => {
  const lacking = new Set(membersNamed(scene, unreachable));
  for (const number of told.readers.keys()) {
    told.readers.set(number, lacking.has(number) ? "never" : "must");
  }
};

const prepareReply = (scene: Scene, { tab, shown }: Conversation): Told | null => {
  const [first] = toldIn(scene, shown);
  if (shown.reply === null || first === undefined) return null;
  const names = shown.reply.readers.map(({ name }) => name);
  const there = [...scene.truth.told].filter(({ source }) => source === first.source);
  checkReaders(membersNamed(scene, names), numberAt(scene, tab), there);
  return toldReply({ scene, tab, names }, first);
};

export const replies = (seat: Seat, which: number): Act => ({
  says: `${seatSays(seat)} replies in conversation ${which}`,
  prepare: async (scene) => {
    const open = await openOne(scene, seat, which);
    const told = open === null ? null : prepareReply(scene, open);
    if (open === null || told === null) return null;
    const { tab, shown } = open;
    const { mailbox } = shown;
    return {
      line: tab.line,
      go: async () => {
        const act = () => tab.rooms.reply({ mailbox, text: told.words });
        const { value: unreachable, ids } = await withPosted(() => doAt("replies", tab, act));
        if (unreachable !== null) {
          const names = unreachable.map(({ name }) => name);
          noteReached(scene, told, names);
        }
        return { sure: unreachable !== null, told: { ...told, ids } };
      },
    };
  },
});

const noteRemoved = (removed: readonly Told[], number: number, surely: boolean): void => {
  for (const { readers } of removed) readers.set(number, surely ? "never" : "may");
};

export const removesCopy = (seat: Seat, which: number): Act => ({
  says: `${seatSays(seat)} removes its copy of conversation ${which}`,
  prepare: async (scene) => {
    const open = await openOne(scene, seat, which);
    if (open === null) return null;
    const { tab, shown } = open;
    const { mailbox } = shown;
    const mine = toldIn(scene, shown);
    return {
      line: tab.line,
      go: async () => {
        const sure = await isDoneAt("removes", tab, () => tab.rooms.removeCopy({ mailbox }));
        const number = numberAt(scene, tab);
        noteRemoved(mine, number, sure);
        return NOTHING;
      },
    };
  },
});

/** Comes in, reads, and removes a copy at once: another tab may be reading the same. */
export const comesAndRemoves = (seat: Seat, which: number): Act => ({
  says: `${seatSays(seat)} unlocks and removes its copy of conversation ${which}`,
  prepare: async (scene) => {
    const tab = seatAnew(scene, seat);
    if (tab === null) return null;
    const { rooms, line, person } = tab;
    let removed: readonly Told[] = [];
    const act = async (): Promise<boolean> => {
      await enterTab(scene.ground, tab);
      await line.quiet();
      const row = pick(rooms.inboxPage(QUERY).rows, which);
      if (row === undefined) return true;
      const { mailbox } = row;
      removed = toldIn(scene, await rooms.openConversation({ mailbox }));
      await rooms.removeCopy({ mailbox });
      return true;
    };
    return {
      line,
      go: async () => {
        const done = await doAt("unlocks and removes", tab, act);
        noteUnlock(scene, person, { kind: "closed" });
        const number = numberAt(scene, tab);
        noteRemoved(removed, number, done === true);
        if (done) tab.browser.tabs.set(seat.tab, tab);
        else dropTab(tab);
        return NOTHING;
      },
    };
  },
});

export const deletesForAll = (seat: Seat, which: number): Act => ({
  says: `${seatSays(seat)} deletes conversation ${which} for everybody`,
  prepare: async (scene) => {
    const open = await openOne(scene, seat, which);
    if (open === null) return null;
    const { tab, shown } = open;
    const { mailbox } = shown;
    const mine = toldIn(scene, shown);
    return {
      line: tab.line,
      go: async () => {
        const act = () => tab.rooms.deleteForEverybody({ mailbox });
        const sure = await isDoneAt("deletes", tab, act);
        // What is refused goes as well: it is not shown, and can be opened.
        const unseen = (told: Told): boolean => told.isShare || isRefused(scene.truth, told);
        const [first] = mine;
        const isHere = ({ source }: Told): boolean =>
          first === undefined || source === first.source;
        const goes = (told: Told): boolean => mine.includes(told) || (unseen(told) && isHere(told));
        return { sure, goes, gone: mine };
      },
    };
  },
});
