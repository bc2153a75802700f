import type { NewsroomId } from "../../../protocol/public/crypto.ts";
import { ARGON2_TARGET_MEMORY_KIB, ARGON2_TARGET_PASSES } from "../../../protocol/public/limits.ts";
import type { Account, Vault } from "../../../protocol/public/staff-api.ts";
import { wordsOf } from "../../../protocol/public/words.ts";
import type { PassphraseCrypto, SecretCrypto } from "../../../protocol/secret/crypto.ts";
import {
  type HashCost,
  type HashParameters,
  passphraseKeys,
  RECOVERY_BYTES,
  recoveryKeys,
} from "../../../protocol/secret/passphrase.ts";
import type { VaultOwner, VaultRecords } from "../../../protocol/secret/vault.ts";
import { drawOwn } from "./own-keys.ts";
import { type SecondFactor, secondFactor } from "./second-factor.ts";
import { sealVault } from "./vault.ts";
import type { Own } from "./world.ts";

/** What the first admin and an invitee have in common: own keys, recovery words, a second factor, an account. */

export const TARGET_HASH_COST: HashCost = {
  memoryKiB: ARGON2_TARGET_MEMORY_KIB,
  passes: ARGON2_TARGET_PASSES,
};

export const freshParameters = (crypto: SecretCrypto): HashParameters => ({
  salt: crypto.random(16),
  ...TARGET_HASH_COST,
});

/** Stays in the worker until the account is made. */
export type AccountDraft = {
  readonly own: Own;
  readonly recovery: Uint8Array;
  readonly totpSecret: Uint8Array;
};

export const draftAccount = (crypto: SecretCrypto): AccountDraft => ({
  own: drawOwn(crypto),
  recovery: crypto.random(RECOVERY_BYTES),
  totpSecret: crypto.random(20),
});

/** The part of a draft that a person must see: words for paper. */
export const recoveryWordsOf = (draft: AccountDraft): readonly string[] => wordsOf(draft.recovery);

export const secondFactorOf = (draft: AccountDraft, userName: string): SecondFactor =>
  secondFactor(draft.totpSecret, userName);

export type PersonTyped = {
  /** Shown to sources, for good. */
  readonly name: string;
  readonly userName: string;
  readonly passphrase: string;
  readonly totpCode: string;
};

export type NewAccount = {
  readonly draft: AccountDraft;
  readonly typed: PersonTyped;
  readonly newsroomId: NewsroomId;
  readonly records: VaultRecords;
};

/** With the unlock key, which opens the new vault without asking for the passphrase again. */
export type MadeAccount = {
  readonly account: Account;
  readonly vault: Vault;
  readonly owner: VaultOwner;
  readonly unlockKey: Uint8Array;
};

export const makeAccount = (crypto: PassphraseCrypto, input: NewAccount): MadeAccount => {
  const { draft, typed, newsroomId, records } = input;
  const { userName, passphrase, totpCode } = typed;
  const owner: VaultOwner = { newsroomId, userName };
  const parameters = freshParameters(crypto);
  const keys = passphraseKeys(crypto, {
    owner,
    passphrase,
    parameters,
    deviceSecret: null,
  });
  const recovery = recoveryKeys(crypto, owner, draft.recovery);
  const doors = { passphrase: keys.unlockKey, recovery: recovery.unlockKey };
  return {
    owner,
    unlockKey: keys.unlockKey,
    vault: sealVault(crypto, { owner, doors, version: 1, records }),
    account: {
      userName,
      ...parameters,
      authKey: keys.authKey,
      recoveryAuthKey: recovery.authKey,
      totpSecret: draft.totpSecret,
      totpCode,
    },
  };
};
