import type { SessionKind } from "../../protocol/public/second-factor-api.ts";
import type { Account } from "../database/generated/client.ts";

/** Checking a second factor spends nothing; `use` spends it, once, in the database. docs/adr/0017. */
export type KnownAccount = Pick<Account, "id" | "userName" | "totpSealed">;

export type CheckedFactor = {
  readonly kind: SessionKind;
  /** Of the passkey, where it opens without a passphrase. */
  readonly authHash: string | null;
  /** Of one that is used to put a new one in the place of all: the account's sessions end with that. */
  readonly endsSessions?: true;
  /**
   * True once for each factor, however many ask at the same time. `right` tells whether the auth key was: a mistyped
   * passphrase must not use up a code, and costs the same statements.
   */
  use(right: boolean): Promise<boolean>;
};

/** What a request brought, ready to be held against an account. */
export type FactorCheck = (known: KnownAccount) => Promise<CheckedFactor>;

/** Nobody has this id: a statement that must change nothing names it. */
export const NOBODY = "00000000-0000-4000-8000-000000000000";
