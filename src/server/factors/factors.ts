import type { PasskeyAssertion } from "../../protocol/public/second-factor-api.ts";
import type { Audit } from "../http/audit.ts";
import type { World } from "../http/world.ts";
import { type AppCodes, createAppCodes } from "./app-codes.ts";
import { type Challenges, createChallenges } from "./challenges.ts";
import type { FactorCheck } from "./checked.ts";
import type { FactorHashing } from "./hashing.ts";
import { createPasskeys, type Passkeys } from "./passkeys.ts";
import { createRecoveryCodes, type RecoveryCodes } from "./recovery-codes.ts";
import { createRenewal, type Renewal } from "./renewal.ts";
import { createResets, type Resets } from "./resets.ts";

/** Everything that stands beside a passphrase. */
export type Factors = {
  readonly apps: AppCodes;
  readonly codes: RecoveryCodes;
  readonly passkeys: Passkeys;
  readonly challenges: Challenges;
  readonly renewal: Renewal;
  readonly resets: Resets;
  /** The one factor that a body brings, whichever it is. */
  of(body: FactorBody, origin: string): FactorCheck;
  tidy(): Promise<void>;
};

export type FactorBody =
  | { readonly totpCode: string; readonly totpSecret?: Uint8Array }
  | { readonly recoveryCode: string }
  | { readonly passkey: PasskeyAssertion };

type FactorsWorld = World & { readonly audit: Audit; readonly factorHashing: FactorHashing };

export const createFactors = (world: FactorsWorld): Factors => {
  const { factorHashing: hashing } = world;
  const apps = createAppCodes(world);
  const codes = createRecoveryCodes({ ...world, hashing });
  const challenges = createChallenges(world);
  const passkeys = createPasskeys({ ...world, hashing, challenges });
  const renewal = createRenewal(world);
  const resets = createResets(world);
  return {
    apps,
    codes,
    passkeys,
    challenges,
    renewal,
    resets,
    of: (body, origin) => {
      if ("passkey" in body) return passkeys.check(body.passkey, origin);
      if ("recoveryCode" in body) return codes.check(body.recoveryCode);
      const { totpCode, totpSecret } = body;
      if (totpSecret === undefined) return apps.check(totpCode);
      return renewal.byWords({ totpSecret, totpCode });
    },
    tidy: async () => {
      await challenges.tidy();
      await resets.tidy();
    },
  };
};
