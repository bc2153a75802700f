import { utf8 } from "../../protocol/public/bytes.ts";
import { RECOVERY_CODES } from "../../protocol/public/second-factor-api.ts";
import { checkSession } from "../database/check-session.ts";
import type { Audit } from "../http/audit.ts";
import type { StaffSession } from "../http/guards.ts";
import type { World } from "../http/world.ts";
import type { FactorCheck } from "./checked.ts";
import type { FactorHashing } from "./hashing.ts";
import { lockAccount } from "./lock-account.ts";

/**
 * Ten codes on paper. A code's first digit says which of the ten it is, so that one Argon2 suffices, for names that exist
 * and names that do not.
 */
export type RecoveryCodes = {
  check(code: string): FactorCheck;
  /** New ones in place of all old ones. */
  replace(who: Who, codes: readonly string[]): Promise<void>;
  left(accountId: string): Promise<number>;
};

type Who = Pick<StaffSession, "accountId" | "memberNumber" | "tokenHashes">;
type RecoveryCodesWorld = Pick<World, "db"> & {
  readonly audit: Audit;
  readonly hashing: FactorHashing;
};

const placeOf = (code: string): number => Number(code[0]);
const secretOf = (code: string): Uint8Array => utf8(code.slice(1));
const NO_PLACE = RECOVERY_CODES;

export const createRecoveryCodes = ({ db, hashing, audit }: RecoveryCodesWorld): RecoveryCodes => ({
  check: (code) => async (known) => {
    const place = placeOf(code);
    const row = await db.recoveryCode.findUnique({
      where: { accountId_place: { accountId: known.id, place } },
      select: { hash: true },
    });
    const fits = await hashing.verify(row?.hash ?? hashing.decoy, secretOf(code));
    return {
      kind: "recovery-code",
      authHash: null,
      use: async (right) => {
        const { count } = await db.recoveryCode.updateMany({
          where: {
            accountId: known.id,
            place: fits && right ? place : NO_PLACE,
            // Made anew in the meantime, the one that was checked is void.
            hash: row?.hash ?? "",
            used: false,
          },
          data: { used: true },
        });
        return count === 1;
      },
    };
  },
  replace: async (who, codes) => {
    const { accountId, memberNumber } = who;
    const data = await Promise.all(
      codes.map(async (code) => ({
        accountId,
        place: placeOf(code),
        hash: await hashing.hash(secretOf(code)),
      })),
    );
    await db.$transaction(async (tx) => {
      // Two sheets made at once would mix: the second waits here and replaces the first.
      await lockAccount(tx, accountId);
      await checkSession(tx, who);
      await tx.recoveryCode.deleteMany({ where: { accountId } });
      await tx.recoveryCode.createMany({ data });
      await audit.append(tx, { kind: "codes-made", actor: memberNumber });
    });
  },
  left: (accountId) => db.recoveryCode.count({ where: { accountId, used: false } }),
});
