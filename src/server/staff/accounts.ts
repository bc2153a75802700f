import { SealdropError } from "../../protocol/public/errors.ts";
import type { Account, Role, Vault } from "../../protocol/public/staff-api.ts";
import { bytes, type Transaction } from "../database/database.ts";
import { Prisma } from "../database/generated/client.ts";
import { dayOf, type World } from "../http/world.ts";
import { TOTP_PURPOSE, totpStep } from "../secrets/totp.ts";
import type { Hashing } from "./hashing.ts";
import { writeRecords } from "./vaults.ts";

/** An account as it is stored, hashed and sealed before a transaction begins: hashing is slow, locks are not for waiting. */
export type PreparedAccount = Pick<
  Prisma.AccountUncheckedCreateInput,
  | "userName"
  | "salt"
  | "memoryKib"
  | "passes"
  | "authHash"
  | "recoveryAuthHash"
  | "totpSealed"
  | "totpLastStep"
>;

export type NewAccount = {
  readonly prepared: PreparedAccount;
  readonly vault: Vault;
  readonly role: Role;
  readonly memberNumber: number | null;
};

export type Accounts = {
  /** Throws wrong-login when the code is not of the secret: the authenticator was not set up rightly. */
  prepare(account: Account): Promise<PreparedAccount>;
  /** Answers the new id. Throws name-taken. */
  create(tx: Transaction, account: NewAccount): Promise<string>;
  approve(tx: Transaction, accountId: string, memberNumber: number): Promise<void>;
  /** Whoever left: account, sessions and vault go. */
  remove(tx: Transaction, memberNumbers: readonly number[]): Promise<void>;
  hasAdminAmong(tx: Transaction, memberNumbers: readonly number[]): Promise<boolean>;
};

export const FIRST_VAULT_VERSION = 1;

const isTaken = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";

type AccountsWorld = Pick<World, "secrets" | "now"> & { readonly hashing: Hashing };

export const createAccounts = ({ secrets, now, hashing }: AccountsWorld): Accounts => ({
  prepare: async (account) => {
    const step = totpStep(account.totpSecret, account.totpCode, now());
    if (step === null) throw new SealdropError("wrong-login");
    return {
      userName: account.userName,
      salt: bytes(account.salt),
      memoryKib: account.memoryKiB,
      passes: account.passes,
      authHash: await hashing.hash(account.authKey),
      recoveryAuthHash: await hashing.hash(account.recoveryAuthKey),
      totpSealed: bytes(secrets.seal(TOTP_PURPOSE, account.totpSecret)),
      totpLastStep: step,
    };
  },
  create: async (tx, { prepared, vault, role, memberNumber }) => {
    try {
      const { id } = await tx.account.create({
        data: {
          ...prepared,
          role,
          memberNumber,
          lastUnlockDay: dayOf(now()),
          vaultVersion: FIRST_VAULT_VERSION,
          wrappedKey: bytes(vault.wrappedKey),
          recoveryWrappedKey: bytes(vault.recoveryWrappedKey),
          recordList: bytes(vault.list),
        },
        select: { id: true },
      });
      await writeRecords(tx, id, vault.records);
      return id;
    } catch (error) {
      throw isTaken(error) ? new SealdropError("name-taken") : error;
    }
  },
  approve: async (tx, id, memberNumber) => {
    await tx.account.update({ where: { id }, data: { memberNumber }, select: { id: true } });
  },
  remove: async (tx, memberNumbers) => {
    await tx.account.deleteMany({ where: { memberNumber: { in: [...memberNumbers] } } });
  },
  hasAdminAmong: async (tx, memberNumbers) => {
    const where = { role: "admin", memberNumber: { in: [...memberNumbers] } };
    return (await tx.account.count({ where })) > 0;
  },
});
