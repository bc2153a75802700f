import type { BlockRow } from "../../../../protocol/public/block.ts";
import { headerHash, parseHeader } from "../../../../protocol/public/envelope.ts";
import type { ReadingFinding } from "../witness/finding.ts";
import type { World } from "../world.ts";
import type { Book } from "./book.ts";
import type { Clock } from "./clock.ts";
import type { Forgotten } from "./forgotten.ts";
import { createRowTrier, type Outcome } from "./try-row.ts";
import type { WrapPost } from "./wrap-post.ts";

/** Opens rows in small slices, so that questions of the page and the next block's request never wait for it. */
export type Opener = {
  /** Settled when these rows have been looked at. */
  open(rows: readonly BlockRow[]): Promise<void>;
  /** Rows under rosters this browser has not seen yet; asked for once, then they must be opened again. */
  takeUnknown(): readonly BlockRow[];
  anyUnknown(): boolean;
  looked(): number;
};

const SLICE_MS = 8;

export type OpenerWorld = {
  readonly world: World;
  readonly clock: Clock;
  readonly book: Book;
  readonly forgotten: Forgotten;
  readonly wraps: WrapPost;
  changed(): void;
  raise(finding: ReadingFinding): void;
};

export const createOpener = (given: OpenerWorld): Opener => {
  const { world, clock, book, forgotten, wraps } = given;
  const trier = createRowTrier(world);
  let unknown: BlockRow[] = [];
  let looked = 0;
  let queue: Promise<void> = Promise.resolve();

  const keep = (row: BlockRow, outcome: Outcome): void => {
    if (outcome.kind === "malformed") return;
    book.list(outcome.listed);
    if (outcome.kind === "unknown-roster") {
      unknown.push(row);
      return;
    }
    if (outcome.kind === "mine") book.add(outcome.known);
    if (outcome.wrap !== null) wraps.add(outcome.wrap);
  };

  /** What was deleted stays deleted: its slot, should it come back, counts as tried and is never opened. */
  const isForgotten = (row: BlockRow): boolean => {
    if (row.own === null || !forgotten.any()) return false;
    const { messageId } = parseHeader(row.header);
    if (!forgotten.has(messageId)) return false;
    if (row.own.kind === "slot") wraps.add({ messageId, item: null });
    return true;
  };

  const watchDeleted = (row: BlockRow): void => {
    if (!forgotten.anyDeleted()) return;
    if (forgotten.wasDeleted(headerHash(world.crypto, row.header))) given.raise("deleted-back");
  };

  const look = (row: BlockRow): void => {
    looked += 1;
    watchDeleted(row);
    if (isForgotten(row)) return;
    keep(row, trier.tryRow(row));
  };

  const openAll = async (rows: readonly BlockRow[]): Promise<void> => {
    let started = clock.now();
    for (const row of rows) {
      look(row);
      if (clock.now() - started < SLICE_MS) continue;
      given.changed();
      await clock.breathe();
      started = clock.now();
    }
    given.changed();
  };

  return {
    open: (rows) => {
      queue = queue.then(() => openAll(rows));
      return queue;
    },
    takeUnknown: () => {
      const taken = unknown;
      looked -= taken.length;
      unknown = [];
      return taken;
    },
    anyUnknown: () => unknown.length > 0,
    looked: () => looked,
  };
};
