import { concat, utf8 } from "../public/bytes.ts";
import { SealdropError } from "../public/errors.ts";
import { derive, type Label, labelled } from "../public/labels.ts";
import { ARGON2_MIN_MEMORY_KIB, ARGON2_MIN_PASSES } from "../public/limits.ts";
import type { PassphraseCrypto, SecretCrypto } from "./crypto.ts";
import type { VaultOwner } from "./vault.ts";

/** From what a person knows to the two keys it gives. docs/protocol.md §13.1. */

/** `authKey` is sent to the server, which keeps a hash of it; `unlockKey` never leaves the browser. */
export type DoorKeys = { readonly authKey: Uint8Array; readonly unlockKey: Uint8Array };

export type HashParameters = {
  /** 16 random bytes of this account. */
  readonly salt: Uint8Array;
  readonly memoryKiB: number;
  readonly passes: number;
};

/** What one hash costs its maker, and whoever guesses. */
export type HashCost = Omit<HashParameters, "salt">;

export type PassphraseInput = {
  readonly owner: VaultOwner;
  readonly passphrase: string;
  readonly parameters: HashParameters;
  /** 32 bytes on a card or in a file, where the person uses one. §13.5. */
  readonly deviceSecret: Uint8Array | null;
};

export const DEVICE_SECRET_BYTES = 32;

const doorKeys = (
  crypto: SecretCrypto,
  master: Uint8Array,
  labels: { readonly auth: Label; readonly unlock: Label; readonly owner: VaultOwner },
): DoorKeys => {
  const fields = [labels.owner.newsroomId, utf8(labels.owner.userName)];
  return {
    authKey: derive(crypto, master, { label: labels.auth, fields }),
    unlockKey: derive(crypto, master, { label: labels.unlock, fields }),
  };
};

/** Whoever has the database and guesses the passphrase still lacks 256 bits. */
const withDevice = (
  crypto: SecretCrypto,
  master: Uint8Array,
  { owner, deviceSecret }: PassphraseInput,
): Uint8Array => {
  if (deviceSecret === null) return master;
  if (deviceSecret.length !== DEVICE_SECRET_BYTES) throw new SealdropError("codename-length");
  const both = concat([master, deviceSecret]);
  const fields = [owner.newsroomId, utf8(owner.userName)];
  const mixed = derive(crypto, both, { label: "vault-device", fields });
  crypto.wipe(both);
  crypto.wipe(master);
  return mixed;
};

/** Takes 0.2 to 1 s. Throws weak-parameters below 64 MiB or 3 passes: a server cannot talk the client down. */
export const passphraseKeys = (crypto: PassphraseCrypto, input: PassphraseInput): DoorKeys => {
  const { owner, parameters } = input;
  const { memoryKiB, passes } = parameters;
  if (memoryKiB < ARGON2_MIN_MEMORY_KIB || passes < ARGON2_MIN_PASSES) {
    throw new SealdropError("weak-parameters");
  }
  if (memoryKiB > 1_048_576 || passes > 20) throw new SealdropError("weak-parameters");
  const salt = crypto.blake2b(
    16,
    labelled("vault-salt", [parameters.salt, owner.newsroomId, utf8(owner.userName)]),
  );
  const passphrase = utf8(input.passphrase.normalize("NFKC"));
  const stretched = crypto.argon2id({ passphrase, salt, memoryKiB, passes, length: 32 });
  crypto.wipe(passphrase);
  const master = withDevice(crypto, stretched, input);
  const keys = doorKeys(crypto, master, { auth: "vault-auth", unlock: "vault-unlock", owner });
  crypto.wipe(master);
  return keys;
};

export const RECOVERY_BYTES = 32;

/** Recovery words are 24 words of 32 random bytes: no slow hash is needed. */
export const recoveryKeys = (
  crypto: SecretCrypto,
  owner: VaultOwner,
  entropy: Uint8Array,
): DoorKeys =>
  doorKeys(crypto, entropy, { auth: "recovery-auth", unlock: "recovery-unlock", owner });
