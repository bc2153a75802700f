import { encodeHistory, type HistoryItem, MAX_HISTORY } from "../../../protocol/secret/history.ts";
import type { LetterReader } from "../../../protocol/secret/letter.ts";
import { CodeError } from "../../kit/code-error.ts";
import { postLetter, reachableMembers } from "./letters.ts";
import type { Conversation } from "./reading/book.ts";
import { insist } from "./reading/clock.ts";
import type { Library } from "./reading/library.ts";
import { createSharer, type Shared } from "./sharing.ts";

/**
 * Shares many conversations, some at a time. The message goes first, then the keys: nobody gets any before everybody can see it.
 * Stopped or cut off half-way, the next run sends again what a share has promised and skips what is done.
 */

/** Conversations of one request, and requests on their way: one lot is sealed while the server stores the other. */
const AT_ONCE = 16;
const IN_FLIGHT = 2;
/** So many at most have their share and not yet their letter when a browser is closed. */
const CONVERSATIONS_A_LETTER = 64;

export type ShareOrder = {
  readonly conversations: readonly Conversation[];
  /** Member numbers. */
  readonly to: readonly number[];
  readonly leaveBehind: boolean;
  readonly signal: AbortSignal;
  told(done: number): void;
};

export type ShareTally = Readonly<Record<Shared["kind"], number>>;

type Outbox = {
  add(history: readonly HistoryItem[]): Promise<void>;
  flush(): Promise<void>;
};

type Sending = {
  readonly library: Library;
  readonly readers: readonly LetterReader[];
  readonly signal: AbortSignal;
};

const createOutbox = ({ library, readers, signal }: Sending): Outbox => {
  const { world, line } = library;
  let waiting: HistoryItem[] = [];
  let conversations = 0;

  const send = async (items: readonly HistoryItem[]): Promise<void> => {
    const content = { subject: "history", bytes: encodeHistory(items) } as const;
    for (const reader of readers) {
      const post = () => postLetter(world, reader, content);
      // After a stop what has been announced still goes, but nobody waits for the line.
      await (signal.aborted ? post() : insist(line, post));
    }
  };

  const flush = async (): Promise<void> => {
    const items = waiting;
    waiting = [];
    conversations = 0;
    for (let at = 0; at < items.length; at += MAX_HISTORY) {
      await send(items.slice(at, at + MAX_HISTORY));
    }
  };

  return {
    flush,
    add: async (history) => {
      waiting.push(...history);
      conversations += 1;
      if (conversations >= CONVERSATIONS_A_LETTER) await flush();
    },
  };
};

/** Throws no-reader when none of those named can be reached now, sharing-stopped after `signal`, and the server's refusals. */
export const shareMany = async (library: Library, order: ShareOrder): Promise<ShareTally> => {
  const check = (): void => {
    if (order.signal.aborted) throw new CodeError("sharing-stopped");
  };
  const all = await reachableMembers(library.world);
  const readers = all.filter(({ memberNumber }) => order.to.includes(memberNumber));
  if (readers.length === 0) throw new CodeError("no-reader");
  const to = new Set(readers.map(({ memberNumber }) => memberNumber));
  const sharer = createSharer(library, { to, leaveBehind: order.leaveBehind, check });
  const outbox = createOutbox({ library, readers, signal: order.signal });
  const tally = { shared: 0, already: 0, "left-out": 0, nothing: 0 };
  const queue = [...order.conversations];
  let done = 0;

  const work = async (): Promise<void> => {
    for (;;) {
      const next = queue.splice(0, AT_ONCE);
      if (next.length === 0) return;
      for (const { kind, history } of await sharer.share(next)) {
        await outbox.add(history);
        tally[kind] += 1;
        done += 1;
      }
      order.told(done);
    }
  };
  /** One that fails ends the run; what the others have begun they finish. */
  const workOrEnd = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      queue.length = 0;
      throw error;
    }
  };

  const ends = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, workOrEnd));
  await outbox.flush();
  await library.lookNow();
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return tally;
};
