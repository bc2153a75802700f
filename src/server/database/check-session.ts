import { SealdropError } from "../../protocol/public/errors.ts";
import { bytes, type Transaction } from "./database.ts";

export type HeldSession = {
  readonly accountId: string;
  readonly tokenHashes: readonly Uint8Array[];
};

/**
 * The session that a request came with is there still: its body may have taken minutes since it was asked for. After the account is
 * locked, nobody can end it before this transaction does. Throws not-logged-in.
 */
export const checkSession = async (
  tx: Transaction,
  { accountId, tokenHashes }: HeldSession,
): Promise<void> => {
  const where = { accountId, tokenHash: { in: tokenHashes.map(bytes) } };
  if ((await tx.session.count({ where })) === 0) throw new SealdropError("not-logged-in");
};
