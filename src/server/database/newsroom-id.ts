import type { NewsroomId, PublicCrypto } from "../../protocol/public/crypto.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { openNewsroomCreated } from "../../protocol/public/statement.ts";
import type { Database } from "./database.ts";

/** The newsroom's id never changes once there is one, so each process works it out once. The function throws not-set-up. */
export const createNewsroomId = (
  db: Database,
  crypto: PublicCrypto,
): (() => Promise<NewsroomId>) => {
  let known: NewsroomId | null = null;
  return async () => {
    if (known !== null) return known;
    const row = await db.newsroomStatement.findFirst({ orderBy: { ordinal: "asc" } });
    if (row === null) throw new SealdropError("not-set-up");
    known = openNewsroomCreated(crypto, row.statement).newsroomId;
    return known;
  };
};
