import type { BlockRow } from "../../../../protocol/public/block.ts";
import { hex } from "../../../../protocol/public/bytes.ts";
import { MAX_WRAPS } from "../../../../protocol/public/limits.ts";
import { type HistoryItem, parseHistory } from "../../../../protocol/secret/history.ts";
import { CodeError, codeOf } from "../../../kit/code-error.ts";
import type { LetterGot } from "../letters.ts";
import { insist } from "./clock.ts";
import type { Library } from "./library.ts";
import { type Row, readRow } from "./row.ts";
import { type TakenOver, tryShared } from "./try-shared.ts";
import { sendWraps } from "./wrap-post.ts";

/** What a colleague has shared becomes this reader's own: looked at like anything else, wrapped, and put into the book. */

const itemsOf = (bytes: Uint8Array): readonly HistoryItem[] => {
  try {
    return parseHistory(bytes);
  } catch (error) {
    // Sealed wrongly by its own sender: nothing in it can be used.
    if (codeOf(error) !== "bad-structure") throw error;
    return [];
  }
};

type Wanted = { readonly items: ReadonlyMap<string, HistoryItem>; readonly by: number };

/** What this reader has removed or deleted stays so, whoever shares it. */
const isWanted = ({ book, forgotten }: Library, { header, listed }: Row): boolean =>
  book.get(listed.key) === null && !forgotten.has(header.messageId);

const tryOne = (library: Library, { items, by }: Wanted, row: BlockRow): TakenOver | null => {
  const read = readRow(library.world, row);
  const item = read === null ? undefined : items.get(read.listed.hash);
  if (read === null || item === undefined || !isWanted(library, read)) return null;
  return tryShared(library.world, row, { item, by });
};

const takenOver = async (library: Library, wanted: Wanted): Promise<readonly TakenOver[]> => {
  const taken: TakenOver[] = [];
  const arrivals = library.book.arrivalsOf(new Set(wanted.items.keys()));
  await library.rowsAt(arrivals, async (rows) => {
    for (const row of rows) {
      const found = tryOne(library, wanted, row);
      if (found !== null) taken.push(found);
    }
    await library.line.clock.breathe();
  });
  return taken;
};

const store = async ({ world, line }: Library, batch: readonly TakenOver[]): Promise<void> => {
  const path = "/api/messages/shared-wraps";
  await sendWraps(
    world,
    batch.map(({ wrap }) => wrap),
    (body) => insist(line, () => world.api.bytes(path, { body, background: true })),
  );
};

const batchesOf = (taken: readonly TakenOver[]): readonly (readonly TakenOver[])[] =>
  Array.from({ length: Math.ceil(taken.length / MAX_WRAPS) }, (_, i) =>
    taken.slice(i * MAX_WRAPS, (i + 1) * MAX_WRAPS),
  );

/** A letter may be quicker than the look for what is new. Throws offline: what was not listed then may be there. */
const listAll = async ({ book, lookNow }: Library, hashes: ReadonlySet<string>): Promise<void> => {
  if (!book.listsAll(hashes) && !(await lookNow())) throw new CodeError("offline");
};

/**
 * Only once everything has been read, and what is new: what is not listed then is deleted. Stored before it is shown; doing it again
 * changes nothing. Throws offline, and what the server refused.
 */
export const takeHistory = async (
  library: Library,
  { from, bytes }: Pick<LetterGot, "from" | "bytes">,
): Promise<void> => {
  const items = new Map(itemsOf(bytes).map((item) => [hex(item.header), item]));
  await listAll(library, new Set(items.keys()));
  const taken = await takenOver(library, { items, by: from });
  for (const batch of batchesOf(taken)) {
    await store(library, batch);
    for (const { known } of batch) library.book.add(known);
  }
  library.changed();
};
