import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

/** What one secret gives. Every use names its purpose, and each purpose has a key of its own. */
export type Keyring = {
  /** 8 bytes that name the secret and tell nothing of it: rows say with them what they stand under. */
  readonly id: Uint8Array;
  /** 32 bytes that only this secret and the purpose give. */
  key(purpose: string): Uint8Array;
  /** Keyed hash of 32 bytes: what is stored instead of a token. */
  hash(purpose: string, value: Uint8Array): Uint8Array;
  seal(purpose: string, value: Uint8Array): Uint8Array;
  /** Null when it was not sealed for this purpose by this secret. */
  open(purpose: string, sealed: Uint8Array): Uint8Array | null;
};

/**
 * Everything the server keeps to itself: random tokens, keyed hashes of them, sealed TOTP secrets. This room alone
 * uses node:crypto. All is written under SEALDROP_SECRET; while that changes, what stands under the secret before it, or under
 * the next one that other replicas write already, is accepted too. docs/adr/0014.
 */
export type Secrets = Keyring & {
  random(length: number): Uint8Array;
  /** Under every accepted secret, the one that is written under first. */
  keys(purpose: string): readonly Uint8Array[];
  hashes(purpose: string, value: Uint8Array): readonly Uint8Array[];
  /** What stands under this secret is to be moved. */
  readonly previous: Keyring | null;
  /** Constant in time for equal lengths. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
};

export type OtherSecrets = {
  readonly previous?: string | null;
  readonly next?: string | null;
};

const NONCE = 12;
const TAG = 16;
const ID = 8;

const createKeyring = (secret: string): Keyring => {
  const derived = (purpose: string, length: number): Uint8Array =>
    new Uint8Array(hkdfSync("sha256", secret, "sealdrop/v1/server", purpose, length));
  const key = (purpose: string): Uint8Array => derived(purpose, 32);
  return {
    id: derived("id", ID),
    key,
    hash: (purpose, value) =>
      new Uint8Array(
        createHmac("sha256", key(`hash ${purpose}`))
          .update(value)
          .digest(),
      ),
    seal: (purpose, value) => {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv("aes-256-gcm", key(`seal ${purpose}`), nonce);
      return new Uint8Array(
        Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]),
      );
    },
    open: (purpose, sealed) => {
      if (sealed.length < NONCE + TAG) return null;
      const end = sealed.length - TAG;
      const decipher = createDecipheriv(
        "aes-256-gcm",
        key(`seal ${purpose}`),
        sealed.subarray(0, NONCE),
        { authTagLength: TAG },
      );
      decipher.setAuthTag(sealed.subarray(end));
      try {
        return new Uint8Array(
          Buffer.concat([decipher.update(sealed.subarray(NONCE, end)), decipher.final()]),
        );
      } catch {
        return null;
      }
    },
  };
};

const isSet = (secret: string | null | undefined): secret is string =>
  secret !== null && secret !== undefined;

export const createSecrets = (secret: string, others: OtherSecrets = {}): Secrets => {
  const own = createKeyring(secret);
  const previous = isSet(others.previous) ? createKeyring(others.previous) : null;
  const next = isSet(others.next) ? createKeyring(others.next) : null;
  const accepted = [own, previous, next].filter((one) => one !== null);
  return {
    ...own,
    previous,
    random: (length) => new Uint8Array(randomBytes(length)),
    keys: (purpose) => accepted.map((one) => one.key(purpose)),
    hashes: (purpose, value) => accepted.map((one) => one.hash(purpose, value)),
    open: (purpose, sealed) => {
      for (const one of accepted) {
        const value = one.open(purpose, sealed);
        if (value !== null) return value;
      }
      return null;
    },
    equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  };
};
