import { concat, quotient, readerOf, u8, u16, u32 } from "../public/bytes.ts";
import type { HeaderHash, StaticPublicKey } from "../public/crypto.ts";
import { SealdropError } from "../public/errors.ts";
import { LAST_DAY, storedDay } from "../public/time.ts";
import type { ContentKey } from "./crypto.ts";
import { MAX_LETTER_CONTENT } from "./letter.ts";

/** What a letter about *history* carries: keys to messages its reader has no slot for, on the sharer's word. docs/protocol.md §15.1. */
export type HistoryItem = {
  readonly header: HeaderHash;
  readonly contentKey: ContentKey;
  /** Whose key the sharer says it was written under. */
  readonly senderStatic: StaticPublicKey;
  /** On which the sharer says it arrived. */
  readonly day: number;
};

const ITEM = 32 + 32 + 32 + 4;
const START = 1 + 2;

/** Items of one letter. */
export const MAX_HISTORY = quotient(MAX_LETTER_CONTENT - START, ITEM);

/** `u8 1 │ u16 n │ n × (header hash │ content key │ sender's static key │ u32 day)`. Throws too-large. */
export const encodeHistory = (items: readonly HistoryItem[]): Uint8Array => {
  if (items.length > MAX_HISTORY) throw new SealdropError("too-large");
  const fields = items.flatMap(({ header, contentKey, senderStatic, day }) => [
    header,
    contentKey,
    senderStatic,
    u32(storedDay(day)),
  ]);
  return concat([u8(1), u16(items.length), ...fields]);
};

/** Throws bad-structure. */
export const parseHistory = (bytes: Uint8Array): readonly HistoryItem[] => {
  const reader = readerOf(bytes);
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const count = reader.u16();
  if (count === 0 || count > MAX_HISTORY) throw new SealdropError("bad-structure");
  const items = Array.from({ length: count }, () => ({
    header: reader.bytes(32) as HeaderHash,
    contentKey: reader.bytes(32) as ContentKey,
    senderStatic: reader.bytes(32) as StaticPublicKey,
    day: reader.u32(),
  }));
  reader.end();
  if (items.some(({ day }) => day > LAST_DAY)) throw new SealdropError("bad-structure");
  return items;
};
