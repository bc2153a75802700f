import { bytes, type Database } from "../database/database.ts";
import type { World } from "../http/world.ts";
import { TOTP_PURPOSE, totpStep } from "../secrets/totp.ts";
import type { FactorCheck, KnownAccount } from "./checked.ts";

/** Below every step: nothing is updated, in the same statement that updates. */
export const NO_STEP = -1;

export type AppCodes = { check(code: string): FactorCheck };

type AppCodesWorld = Pick<World, "secrets" | "now"> & { readonly db: Database };

/** Codes of an authenticator app (RFC 6238). */
export const createAppCodes = ({ db, secrets, now }: AppCodesWorld): AppCodes => {
  const stepOf = (known: KnownAccount, code: string): number => {
    const secret = secrets.open(TOTP_PURPOSE, known.totpSealed);
    return (secret === null ? null : totpStep(secret, code, now())) ?? NO_STEP;
  };
  return {
    check: (code) => async (known) => {
      const step = stepOf(known, code);
      return {
        kind: "app",
        authHash: null,
        use: async (right) => {
          const { count } = await db.account.updateMany({
            where: {
              id: known.id,
              // Another app in its place: the code that was checked is the old one's.
              totpSealed: bytes(known.totpSealed),
              totpLastStep: { lt: right ? step : NO_STEP },
            },
            data: { totpLastStep: step },
          });
          return count === 1;
        },
      };
    },
  };
};
