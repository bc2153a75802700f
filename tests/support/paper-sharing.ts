import { CodeError } from "../../src/browser/kit/code-error.ts";
import { historyFunctions } from "../../src/browser/newsroom/worker/history.ts";
import { collectLetters, sendLetter } from "../../src/browser/newsroom/worker/letters.ts";
import { type Library, openLibrary } from "../../src/browser/newsroom/worker/reading/library.ts";
import type { ReadingRoom } from "../../src/browser/newsroom/worker/reading/room.ts";
import { createSession, type Session } from "../../src/browser/newsroom/worker/session.ts";
import { type ShareTally, shareMany } from "../../src/browser/newsroom/worker/share-run.ts";
import type { World } from "../../src/browser/newsroom/worker/world.ts";
import { SealdropError } from "../../src/protocol/public/errors.ts";
import { encodeHistory, type HistoryItem } from "../../src/protocol/secret/history.ts";
import { sumo as crypto } from "../vectors/backends.ts";
import { newsroom } from "./paper-desk.ts";
import { type PaperServer, paperClock, paperWorld } from "./paper-inbox.ts";
import type { PaperJournalist } from "./paper-newsroom.ts";
import { paperStore } from "./paper-staff.ts";

/** Colleagues on paper who share: each with a desk that reads and takes letters. */
export type PaperColleague = {
  readonly world: World;
  readonly session: Session;
  readonly library: Library;
  /** What the page can ask. */
  readonly page: ReturnType<typeof historyFunctions>;
};

/** Unlocks that journalist's desk as the worker does: letters first, then reading, then what had to wait for it. */
export const openColleague = async (
  server: PaperServer,
  journalist: PaperJournalist,
  before?: PaperColleague,
): Promise<PaperColleague> => {
  const seat = { crypto, newsroom, server };
  const world = before?.world ?? paperWorld(seat, journalist);
  const session = createSession({
    crypto: async () => crypto,
    api: world.api,
    store: paperStore(),
    now: () => 0,
    hashCost: { memoryKiB: 65_536, passes: 3 },
    askOutside: () => Promise.reject(new CodeError("offline")),
    repeat: () => undefined,
    emit: () => undefined,
  });
  let library: Library | null = null;
  const present = (): Library => {
    if (library === null) throw new SealdropError("session-locked");
    return library;
  };
  const room: ReadingRoom = {
    library: present,
    onArrival: () => undefined,
    conversation: (mailbox) => {
      const found = present().book.find(mailbox);
      if (found === null) throw new SealdropError("not-found");
      return found;
    },
  };
  session.onOpen(() => {
    library = openLibrary({
      world,
      clock: paperClock(),
      emit: () => undefined,
      raise: () => undefined,
    });
    session.readAll = library.all;
  });
  const page = historyFunctions(session, room);
  session.prepare({
    world,
    trust: "held",
    followed: 1,
    foreignKey: false,
    toppedUp: null,
    colleagues: null,
    destroyed: 0,
    renewal: null,
    rewrapping: null,
    auditAltered: false,
    signedHere: new Set(),
    runningOut: [],
    handoverAskedDay: null,
    recoveryAsked: 0,
    chain: {} as ReturnType<Session["opened"]>["chain"],
  });
  await collectLetters(session);
  session.start();
  await session.readAll;
  return { world, session, library: present(), page };
};

export const takeLetters = async (colleague: PaperColleague): Promise<void> => {
  await collectLetters(colleague.session);
};

export const shareAll = (
  { library }: PaperColleague,
  to: readonly number[],
  change: { readonly signal?: AbortSignal; readonly told?: (done: number) => void } = {},
): Promise<ShareTally> =>
  shareMany(library, {
    conversations: library.book.newestFirst(),
    to,
    leaveBehind: true,
    signal: change.signal ?? new AbortController().signal,
    told: change.told ?? (() => undefined),
  });

/** A letter that says what the sharer wants it to say. */
export const sendHistory = (
  { world }: PaperColleague,
  to: number,
  items: readonly HistoryItem[],
): Promise<unknown> => sendLetter(world, to, { subject: "history", bytes: encodeHistory(items) });
