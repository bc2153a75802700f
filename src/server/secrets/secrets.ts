import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

/**
 * Everything the server keeps to itself: random tokens, keyed hashes of them, sealed TOTP secrets. The only user of
 * node:crypto. Every use names its purpose, and each purpose has a key of its own from SEALDROP_SECRET.
 */
export type Secrets = {
  random(length: number): Uint8Array;
  /** 32 bytes that only this instance's secret and the purpose give. */
  key(purpose: string): Uint8Array;
  /** Keyed hash of 32 bytes: what is stored instead of a token. */
  hash(purpose: string, value: Uint8Array): Uint8Array;
  seal(purpose: string, value: Uint8Array): Uint8Array;
  /** Null when it was not sealed for this purpose by this secret. */
  open(purpose: string, sealed: Uint8Array): Uint8Array | null;
  /** Constant in time for equal lengths. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
};

const NONCE = 12;
const TAG = 16;

export const createSecrets = (secret: string): Secrets => {
  const key = (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync("sha256", secret, "sealdrop/v1/server", purpose, 32));
  return {
    random: (length) => new Uint8Array(randomBytes(length)),
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
    equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  };
};
