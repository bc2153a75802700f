import { concat, readerOf, u16, u32 } from "./bytes.ts";
import type { HeaderHash } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { HASH, ID, MAX_WRAPS, WRAP } from "./limits.ts";

/** Wraps that stand under an archive key the member had before. docs/protocol.md §12.5. */
export type FormerWrap = {
  readonly arrival: number;
  readonly messageId: Uint8Array;
  readonly headerHash: HeaderHash;
  /** The archive key it stands under. */
  readonly keyId: Uint8Array;
  readonly wrap: Uint8Array;
};

/** At most 256, newest first. */
export const encodeFormerWraps = (wraps: readonly FormerWrap[]): Uint8Array =>
  concat([
    u16(wraps.length),
    ...wraps.flatMap((one) => [
      u32(one.arrival),
      one.messageId,
      one.headerHash,
      one.keyId,
      one.wrap,
    ]),
  ]);

/** Throws bad-structure. */
export const parseFormerWraps = (bytes: Uint8Array): readonly FormerWrap[] => {
  const reader = readerOf(bytes);
  const count = reader.u16();
  if (count > MAX_WRAPS) throw new SealdropError("bad-structure");
  const wraps = Array.from({ length: count }, () => ({
    arrival: reader.u32(),
    messageId: reader.bytes(ID),
    headerHash: reader.bytes(HASH) as HeaderHash,
    keyId: reader.bytes(ID),
    wrap: reader.bytes(WRAP),
  }));
  reader.end();
  return wraps;
};
