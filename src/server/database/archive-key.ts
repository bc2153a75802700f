import { SealdropError } from "../../protocol/public/errors.ts";
import { bytes, type Transaction } from "./database.ts";

/**
 * Which archive key a member's wraps stand under. The turn counts a member's archive keys; each slot remembers the turn of its wrap. The
 * row stays locked to the end of the transaction: once a next key has begun, nothing is stored under the one before.
 */

/** Whoever leaves meanwhile waits for the commit, or has left: nobody has rows again after theirs were dropped. Throws forbidden. */
export const lockMember = async (tx: Transaction, memberNumber: number): Promise<void> => {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM account WHERE member_number = ${memberNumber}::int FOR KEY SHARE`;
  if (rows.length === 0) throw new SealdropError("forbidden");
};

/** A member's first wrap names the key. Throws forbidden, and vault-changed for another than the present one. */
export const lockArchiveKey = async (
  tx: Transaction,
  memberNumber: number,
  keyId: Uint8Array,
): Promise<number> => {
  await lockMember(tx, memberNumber);
  const data = { memberNumber, keyId: bytes(keyId) };
  await tx.archiveKey.createMany({ data, skipDuplicates: true });
  const [row] = await tx.$queryRaw<{ readonly turn: number }[]>`
    SELECT turn FROM archive_key
    WHERE member_number = ${memberNumber}::int AND key_id = ${bytes(keyId)} FOR SHARE`;
  if (row === undefined) throw new SealdropError("vault-changed");
  return row.turn;
};

/** Whatever the key: for what is random anyway. */
export const lockArchiveTurn = async (tx: Transaction, memberNumber: number): Promise<number> => {
  const [row] = await tx.$queryRaw<{ readonly turn: number }[]>`
    SELECT turn FROM archive_key WHERE member_number = ${memberNumber}::int FOR SHARE`;
  return row?.turn ?? 0;
};
