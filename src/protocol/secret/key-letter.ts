import { concat, readerOf, u8, u16 } from "../public/bytes.ts";
import { SealdropError } from "../public/errors.ts";
import type { NewsroomSeed } from "./crypto.ts";

/** Who has been given the newsroom's key: `changes` is odd while they have an admin's rights, and of two lists the higher counts. */
export type KeyHolder = { readonly memberNumber: number; readonly changes: number };

/** What a letter about *newsroom-key* says. docs/protocol.md §15.3. */
export type KeyLetter = {
  readonly seed: NewsroomSeed;
  /** In ascending order of member numbers. */
  readonly holders: readonly KeyHolder[];
};

/** `u8 1 │ seed (32) │ u16 n │ n × (u16 member number │ u16 changes)`. */
export const encodeKeyLetter = ({ seed, holders }: KeyLetter): Uint8Array =>
  concat([
    u8(1),
    seed,
    u16(holders.length),
    ...holders.flatMap(({ memberNumber, changes }) => [u16(memberNumber), u16(changes)]),
  ]);

const isAscending = (holders: readonly KeyHolder[]): boolean =>
  holders.every(({ memberNumber }, at) => memberNumber > (holders[at - 1]?.memberNumber ?? -1));

/** Throws bad-structure. */
export const parseKeyLetter = (bytes: Uint8Array): KeyLetter => {
  const reader = readerOf(bytes);
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const seed = reader.bytes(32) as NewsroomSeed;
  const holders = Array.from({ length: reader.u16() }, () => ({
    memberNumber: reader.u16(),
    changes: reader.u16(),
  }));
  reader.end();
  if (!isAscending(holders)) throw new SealdropError("bad-structure");
  return { seed, holders };
};
