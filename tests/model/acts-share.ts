import type { ConversationShown } from "../../src/browser/newsroom/worker/reading/shapes.ts";
import { type Act, doAt, numberAt, type Seat, seatSays } from "./acts.ts";
import { membersNamed, openOne, toldIn } from "./acts-member.ts";
import { withPosted } from "./posted.ts";
import type { Deed, Scene } from "./scene.ts";
import type { Tab } from "./staff.ts";
import type { Told, Writer } from "./truth.ts";

/** Passing on what came before. */

type Sharing = {
  readonly scene: Scene;
  readonly tab: Tab;
  readonly shown: ConversationShown;
  readonly before: readonly Told[];
  /** Member numbers. */
  readonly to: readonly number[];
};

const QUIETLY = { progress: () => undefined, transfer: () => undefined };

const writerAt = ({ scene, tab }: Sharing): Writer => {
  const by = numberAt(scene, tab);
  return { by, epoch: scene.truth.members.get(by)?.epoch ?? 0 };
};

const toldShare = (sharing: Sharing): Told | null => {
  const { scene, shown, before, to } = sharing;
  const [first] = before;
  if (first === undefined) return null;
  const writer = writerAt(sharing);
  const along = membersNamed(scene, shown.reply?.readers.map(({ name }) => name) ?? []);
  return {
    words: scene.newWords(),
    source: first.source,
    ...writer,
    isShare: true,
    given: new Map(),
    readers: new Map(
      [numberAt(scene, sharing.tab), ...along, ...to].map((number) => [number, "may"]),
    ),
    toSource: "may",
    readBy: new Set(),
    perhapsReadBy: new Set(),
    ids: new Set(),
    arrival: 0,
    period: 0,
    day: 0,
  };
};

/** Whether they have it surely, or only perhaps. */
const sharesOf = (sharing: Sharing, surely: boolean): Pick<Deed, "shares"> => {
  const { before, to } = sharing;
  if (surely) return { shares: { told: before, to, from: writerAt(sharing) } };
  for (const { readers } of before) {
    for (const number of to) if (readers.get(number) !== "must") readers.set(number, "may");
  }
  return {};
};

const share = async (says: string, sharing: Sharing, alone: boolean): Promise<Deed> => {
  const { tab, shown, to } = sharing;
  const told = toldShare(sharing);
  const input = { mailboxes: [shown.mailbox], to, leaveBehind: true };
  const act = () => tab.rooms.share(input, QUIETLY);
  const { value: tally, ids } = await withPosted(() => doAt(says, tab, act));
  const isGiven = tally !== null && tally.shared + tally.already > 0;
  return {
    sure: tally !== null && tally.shared > 0,
    ...(told !== null && ids.size > 0 && { told: { ...told, ids } }),
    ...(tally?.nothing === 1 ? {} : sharesOf(sharing, isGiven && alone)),
  };
};

/** What is in the conversation, and who shared it before, which has no words that a page would show. */
const allIn = (scene: Scene, shown: ConversationShown): readonly Told[] => {
  const before = toldIn(scene, shown);
  const isNotice = ({ isShare, source }: Told) => isShare && source === before[0]?.source;
  return [...before, ...[...scene.truth.told].filter(isNotice)];
};

export const shares = (seat: Seat, which: number, bits: number): Act => {
  const says = `${seatSays(seat)} shares conversation ${which} with ${bits.toString(2)}`;
  return {
    says,
    prepare: async (scene) => {
      const open = await openOne(scene, seat, which);
      if (open === null) return null;
      const { tab, shown } = open;
      const { mailbox } = shown;
      const choices = await doAt(says, tab, () => tab.rooms.shareChoices({ mailbox }));
      const can = choices?.colleagues.filter(({ state }) => state === "can") ?? [];
      const chosen = can.filter((_, index) => ((bits >> index) & 1) === 1);
      const to = (chosen.length > 0 ? chosen : can).map(({ memberNumber }) => memberNumber);
      if (to.length === 0) return null;
      const sharing = { scene, tab, shown, before: allIn(scene, shown), to };
      return { line: tab.line, go: ({ alone }) => share(says, sharing, alone) };
    },
  };
};
