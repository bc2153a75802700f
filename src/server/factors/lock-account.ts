import { SealdropError } from "../../protocol/public/errors.ts";
import type { Transaction } from "../database/database.ts";

/** To the end of the transaction. Throws not-logged-in when its owner left while something was being hashed. */
export const lockAccount = async (
  tx: Transaction,
  accountId: string,
): Promise<{ readonly wrappedKey: Uint8Array }> => {
  const [row] = await tx.$queryRaw<{ readonly wrappedKey: Uint8Array }[]>`
    SELECT wrapped_key AS "wrappedKey" FROM account WHERE id = ${accountId}::uuid FOR UPDATE`;
  if (row === undefined) throw new SealdropError("not-logged-in");
  return row;
};
