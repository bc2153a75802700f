import { SealdropError } from "../../protocol/public/errors.ts";
import type { PassphraseChange } from "../../protocol/public/staff-api.ts";
import { checkSession } from "../database/check-session.ts";
import { bytes, type Transaction } from "../database/database.ts";
import type { Audit } from "../http/audit.ts";
import type { StaffSession } from "../http/guards.ts";
import type { World } from "../http/world.ts";
import type { Hashing } from "./hashing.ts";
import type { Sessions } from "./sessions.ts";
import { writeRecords } from "./vaults.ts";

type PassphraseWorld = Pick<World, "db"> & {
  readonly audit: Audit;
  readonly hashing: Hashing;
  readonly sessions: Sessions;
  /** Doors that only a passkey in somebody's hand could open to the new key. */
  readonly dropDoors: (tx: Transaction, accountId: string) => Promise<void>;
};

/**
 * New passphrase or recovery words: new hashes, and the whole vault sealed anew under a new key, in one step. Every other
 * session ends, and no door leads to the old key. Throws vault-changed. The caller has confirmed the old key.
 */
export type ChangePassphrase = (session: StaffSession, change: PassphraseChange) => Promise<void>;

export const createPassphraseChange =
  ({ db, hashing, sessions, audit, dropDoors }: PassphraseWorld): ChangePassphrase =>
  async (session, change) => {
    const { accountId } = session;
    const authHash = await hashing.hash(change.newAuthKey);
    const recoveryAuthHash = await hashing.hash(change.newRecoveryAuthKey);
    await db.$transaction(async (tx) => {
      const { count } = await tx.account.updateMany({
        where: { id: accountId, vaultVersion: change.expectVersion },
        data: {
          salt: bytes(change.salt),
          memoryKib: change.memoryKiB,
          passes: change.passes,
          authHash,
          recoveryAuthHash,
          vaultVersion: { increment: 1 },
          wrappedKey: bytes(change.vault.wrappedKey),
          recoveryWrappedKey: bytes(change.vault.recoveryWrappedKey),
          recordList: bytes(change.vault.list),
        },
      });
      await checkSession(tx, session);
      if (count !== 1) throw new SealdropError("vault-changed");
      await tx.vaultRecord.deleteMany({ where: { accountId } });
      await writeRecords(tx, accountId, change.vault.records);
      await dropDoors(tx, accountId);
      await sessions.endOthers(session, tx);
      await audit.append(tx, { kind: "passphrase-changed", actor: session.memberNumber });
    });
  };
