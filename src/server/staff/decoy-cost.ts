import { concat, utf8 } from "../../protocol/public/bytes.ts";
import type { PublicCrypto } from "../../protocol/public/crypto.ts";
import { ARGON2_TARGET_MEMORY_KIB, ARGON2_TARGET_PASSES } from "../../protocol/public/limits.ts";

type Cost = { readonly memoryKib: number; readonly passes: number };
export type CostRow = Cost & { readonly id: string };

const NEW_ACCOUNT: Cost = { memoryKib: ARGON2_TARGET_MEMORY_KIB, passes: ARGON2_TARGET_PASSES };

const isGreater = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) > 0;

/**
 * The parameters a made-up name is said to have. After a release that raised them, real accounts have the old ones until
 * their owners log in: so each made-up name follows one real account, and rises once, on a day that somebody came.
 */
export const decoyCost = (
  crypto: PublicCrypto,
  key: Uint8Array,
  { userName, rows }: { readonly userName: string; readonly rows: readonly CostRow[] },
): Cost => {
  let followed: Cost = NEW_ACCOUNT;
  let highest = new Uint8Array(0);
  for (const row of rows) {
    // The highest of all, so that an account more or less moves few names to another.
    const rank = new Uint8Array(
      crypto.blake2b(16, concat([utf8(`${row.id} `), utf8(userName)]), key),
    );
    if (isGreater(rank, highest)) {
      highest = rank;
      followed = row;
    }
  }
  return followed;
};
