import { concat, readerOf, u8, u16, u32, u64 } from "./bytes.ts";
import type { PublicCrypto } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { HASH } from "./limits.ts";
import type { Head } from "./log-proof.ts";
import type { NewsroomKey } from "./roster.ts";
import { parseStatement, verifyStatement } from "./statement.ts";

/** *Restored at size n*: a backup was played in, said under the newsroom key and logged. docs/protocol.md §16.7. */
export type Restored = Head & {
  /** Who says so. */
  readonly memberNumber: number;
  readonly day: number;
};

export const encodeRestored = ({ size, root, memberNumber, day }: Restored): Uint8Array =>
  concat([u8(1), u64(size), root, u16(memberNumber), u32(day)]);

/** Throws bad-structure, bad-signature. */
export const openRestored = (
  crypto: PublicCrypto,
  bytes: Uint8Array,
  newsroom: NewsroomKey,
): Restored => {
  const statement = parseStatement(bytes, "restored");
  verifyStatement(crypto, statement, newsroom);
  const reader = readerOf(statement.payload);
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const size = reader.u64();
  const root = reader.bytes(HASH);
  const memberNumber = reader.u16();
  const day = reader.u32();
  reader.end();
  return { size, root, memberNumber, day };
};
