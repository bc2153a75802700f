import { SealdropError } from "../../protocol/public/errors.ts";
import {
  staffLimits,
  type VaultAnswer,
  type VaultRecord,
  type VaultWrite,
} from "../../protocol/public/staff-api.ts";
import { checkSession, type HeldSession } from "../database/check-session.ts";
import { bytes, type Database, type Transaction } from "../database/database.ts";

/** Sealed vaults. Every write names the version it changes: two windows cannot lose each other's keys. */
export type Vaults = {
  /** As long as the session holds. Throws not-logged-in. */
  read(session: HeldSession): Promise<VaultAnswer>;
  /** Answers the new version. Throws vault-changed, and too-large when there would be too many records. */
  write(session: HeldSession, change: VaultWrite): Promise<number>;
};

export const writeRecords = async (
  tx: Transaction,
  accountId: string,
  records: readonly VaultRecord[],
): Promise<void> => {
  const data = records.map(({ id, sealed }) => ({
    accountId,
    recordId: id,
    sealed: bytes(sealed),
  }));
  await tx.vaultRecord.createMany({ data });
};

export const createVaults = (db: Database): Vaults => ({
  read: (session) =>
    db.$transaction(
      async (tx) => {
        // A new passphrase ends other sessions and seals all anew: what follows fits the key that this session came with.
        await checkSession(tx, session);
        const account = await tx.account.findUnique({
          where: { id: session.accountId },
          select: {
            vaultVersion: true,
            wrappedKey: true,
            recoveryWrappedKey: true,
            recordList: true,
            records: { select: { recordId: true, sealed: true } },
          },
        });
        if (account === null) throw new SealdropError("not-logged-in");
        return {
          version: account.vaultVersion,
          wrappedKey: account.wrappedKey,
          recoveryWrappedKey: account.recoveryWrappedKey,
          list: account.recordList,
          records: account.records.map(({ recordId, sealed }) => ({ id: recordId, sealed })),
        };
      },
      // One picture: a list of one version with records of another would look like an attack to its owner.
      { isolationLevel: "RepeatableRead" },
    ),
  write: (session, { expectVersion, list, put, remove }) =>
    db.$transaction(async (tx) => {
      const { accountId } = session;
      const { count } = await tx.account.updateMany({
        where: { id: accountId, vaultVersion: expectVersion },
        data: { vaultVersion: { increment: 1 }, recordList: bytes(list) },
      });
      await checkSession(tx, session);
      if (count !== 1) throw new SealdropError("vault-changed");
      const gone = [...remove, ...put.map(({ id }) => id)];
      await tx.vaultRecord.deleteMany({ where: { accountId, recordId: { in: gone } } });
      await writeRecords(tx, accountId, put);
      const records = await tx.vaultRecord.count({ where: { accountId } });
      if (records > staffLimits.vaultRecords) throw new SealdropError("too-large");
      return expectVersion + 1;
    }),
});
