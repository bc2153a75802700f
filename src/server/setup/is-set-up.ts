import type { Transaction } from "../database/database.ts";

export const isSetUp = async (tx: Transaction): Promise<boolean> =>
  (await tx.newsroomStatement.count()) > 0;
