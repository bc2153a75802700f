import { bytes, type Transaction } from "./database.ts";

/** An account's sessions but those under `kept`; also those of log-ins that have begun and not ended. */
export const endSessions = async (
  tx: Transaction,
  accountId: string,
  kept: readonly Uint8Array[] = [],
): Promise<void> => {
  await tx.account.updateMany({
    where: { id: accountId },
    data: { sessionsEnded: { increment: 1 } },
  });
  await tx.session.deleteMany({
    where: { accountId, NOT: { tokenHash: { in: kept.map(bytes) } } },
  });
};
