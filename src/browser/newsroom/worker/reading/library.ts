import { equal } from "../../../../protocol/public/bytes.ts";
import { codeOf } from "../../../kit/code-error.ts";
import type { NewsroomEvent } from "../events.ts";
import type { ReadingFinding } from "../witness/finding.ts";
import type { World } from "../world.ts";
import { type Blocks, createBlocks } from "./blocks.ts";
import { type Book, createBook } from "./book.ts";
import { type Clock, insist, type Line } from "./clock.ts";
import { createForgotten, type Forgotten } from "./forgotten.ts";
import type { Known } from "./known.ts";
import { createOpener } from "./opener.ts";
import { createSeen, type Seen } from "./seen.ts";
import type { ReadingState } from "./shapes.ts";
import { createWrapPost, type WrapPost } from "./wrap-post.ts";

/** Reads everything after an unlock, then what is new, for as long as the worker lives. */
export type Library = {
  readonly world: World;
  readonly book: Book;
  readonly seen: Seen;
  readonly forgotten: Forgotten;
  readonly line: Line;
  state(): ReadingState;
  isUnread(message: Known): boolean;
  markRead(messages: readonly Known[]): void;
  /** Settled when every block has been read and all its wraps are stored. */
  readonly all: Promise<void>;
  /** Settled when the wraps of all that was opened so far are stored. */
  stored(): Promise<void>;
  /** Fetches those rows again, in whole blocks. */
  rowsAt: Blocks["readAt"];
  /** Asks for what is new now, and not at the next beat. False when there was no answer. */
  lookNow(): Promise<boolean>;
  changed(): void;
};

export type LibraryWorld = {
  readonly world: World;
  readonly clock: Clock;
  emit(event: NewsroomEvent): void;
  /** Messages have come since everything was read, whoever they are for. */
  arrived?(): void;
  /** The server has shown what it could not if it were true; reading goes on. */
  raise(finding: ReadingFinding): void;
};

/** New tips appear within half a minute. */
const POLL_MS = 20_000;
const TELL_MS = 120;
const SAVE_SEEN_MS = 2_000;

type Parts = {
  readonly blocks: Blocks;
  readonly wraps: WrapPost;
  readonly opener: ReturnType<typeof createOpener>;
};

const isLocked = (error: unknown): boolean =>
  ["session-locked", "not-logged-in"].includes(codeOf(error));

/** Calls at once, then at most every so often, and never loses the last call. */
const seldom = (clock: Clock, milliseconds: number, act: () => void): (() => void) => {
  let quiet = false;
  let again = false;
  const call = (): void => {
    if (quiet) {
      again = true;
      return;
    }
    quiet = true;
    again = false;
    act();
    void clock.sleep(milliseconds).then(() => {
      quiet = false;
      if (again) call();
    });
  };
  return call;
};

export const openLibrary = ({ world, clock, emit, arrived, raise }: LibraryWorld): Library => {
  const book = createBook();
  const seen = createSeen(world);
  const forgotten = createForgotten(world);
  let up = true;
  let failed: string | null = null;
  let done = false;
  let reading = true;

  const isUnread = (message: Known): boolean =>
    !seen.has(message.arrival) && !isOwn(world, message);

  const state = (): ReadingState => {
    const conversations = book.newestFirst();
    return {
      done,
      looked: parts.opener.looked(),
      mine: book.size(),
      conversations: conversations.length,
      unread: conversations.filter((one) => one.messages.some(isUnread)).length,
      line: up,
      failed,
    };
  };

  const changed = seldom(clock, TELL_MS, () => emit({ kind: "inbox", state: state() }));
  const line: Line = {
    clock,
    up: (is) => {
      if (is === up) return;
      up = is;
      changed();
    },
  };

  const wraps = createWrapPost(world, line);
  const opener = createOpener({ world, clock, book, forgotten, wraps, changed, raise });
  const parts: Parts = { blocks: createBlocks(world, line), wraps, opener };

  const unreadArrivals = (): readonly number[] | null => {
    if (!done) return null;
    return [...book.all()]
      .filter(isUnread)
      .map(({ arrival }) => arrival)
      .sort((a, b) => a - b);
  };
  const saveSeen = seldom(clock, SAVE_SEEN_MS, () => {
    void clock.sleep(SAVE_SEEN_MS / 2).then(async () => {
      try {
        await seen.save(unreadArrivals());
      } catch {
        // Kept for the next time something is read; the worst is a message that stands out as unread again.
      }
    });
  });

  const readUnknown = async (): Promise<void> => {
    if (!opener.anyUnknown()) return;
    await insist(line, () => world.refreshRoster());
    await opener.open(opener.takeUnknown());
    // Its list was stored before it was, so the chain asked for after it holds that list: unless somebody was shown another.
    if (opener.anyUnknown()) raise("tip-list");
  };

  const readAll = async (): Promise<void> => {
    await parts.blocks.readAll((rows) => {
      void opener.open(rows);
    });
    await opener.open([]);
    await readUnknown();
    done = true;
    changed();
    await wraps.flush();
    reading = false;
  };

  const said = (error: unknown): void => {
    const code = codeOf(error);
    if (isLocked(error)) emit({ kind: "locked" });
    else if (code === "offline") line.up(false);
    else failed = code;
    changed();
  };

  const look = async (): Promise<boolean> => {
    let came = 0;
    try {
      await parts.blocks.readNew((rows) => {
        came += rows.length;
        void opener.open(rows);
      });
      await opener.open([]);
      await readUnknown();
      await wraps.flush();
      line.up(true);
      if (came > 0) arrived?.();
      return true;
    } catch (error) {
      said(error);
      return false;
    }
  };

  // One after the other: two at once would both open what is new, and until all is read none of it is new.
  let turn: Promise<boolean> = Promise.resolve(true);
  const lookNow = (): Promise<boolean> => {
    if (!reading) turn = turn.then(look);
    return turn;
  };

  const poll = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(POLL_MS);
      await lookNow();
    }
  };

  const all = readAll();
  void all.catch(said).then(() => {
    reading = false;
    return poll();
  });

  return {
    world,
    book,
    seen,
    forgotten,
    line,
    state,
    isUnread,
    all,
    rowsAt: parts.blocks.readAt,
    lookNow,
    stored: () => wraps.flush(),
    changed,
    markRead: (messages) => {
      const unread = messages.filter(isUnread);
      if (unread.length === 0) return;
      seen.mark(unread.map(({ arrival }) => arrival));
      saveSeen();
      changed();
    },
  };
};

/** By the roster: private halves of keys one had before may be destroyed. */
const isOwn = ({ roster, memberNumber }: World, message: Known): boolean => {
  const sender = message.opened?.senderStatic;
  if (sender === undefined) return false;
  return roster.entries.some(
    (entry) => entry.memberNumber === memberNumber && equal(entry.static, sender),
  );
};
