import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { ml_kem768_x25519 } from "@noble/post-quantum/hybrid.js";
import { type Loaded, type Random, tested } from "../public/backend.ts";
import { nobleHalf } from "../public/backend-noble.ts";
import type { PublicCrypto } from "../public/crypto.ts";
import { SealdropError } from "../public/errors.ts";
import type { AeadInput, Encapsulation, SecretCrypto } from "./crypto.ts";
import { allButKemAnswersRightly, kemAnswersRightly } from "./self-test.ts";

const aeadOpen = ({ key, nonce, text, ad }: AeadInput): Uint8Array | null => {
  try {
    return xchacha20poly1305(key, nonce, ad).decrypt(text);
  } catch {
    return null;
  }
};

const encapsulate = (publicKey: Uint8Array, randomness: Uint8Array): Encapsulation | null => {
  try {
    const { cipherText, sharedSecret } = ml_kem768_x25519.encapsulate(publicKey, randomness);
    return { ciphertext: cipherText, sharedSecret };
  } catch {
    return null;
  }
};

const decapsulate = (ciphertext: Uint8Array, seed: Uint8Array): Uint8Array | null => {
  try {
    return ml_kem768_x25519.decapsulate(ciphertext, seed);
  } catch {
    return null;
  }
};

const secrets: Omit<SecretCrypto, keyof PublicCrypto> = {
  aeadSeal: ({ key, nonce, text, ad }) => xchacha20poly1305(key, nonce, ad).encrypt(text),
  aeadOpen,
  kemPublicKey: (seed) => ml_kem768_x25519.getPublicKey(seed),
  kemEncapsulate: encapsulate,
  kemDecapsulate: decapsulate,
  ed25519PublicKey: (seed) => ed25519.getPublicKey(seed),
  ed25519Sign: (message, seed) => ed25519.sign(message, seed),
  wipe: (secret) => {
    secret.fill(0);
  },
};

type Kem = Pick<SecretCrypto, "kemPublicKey" | "kemEncapsulate" | "kemDecapsulate">;

/**
 * X-Wing's part of the self-test takes a quarter of a second where nothing is compiled, and a roster is verified without it.
 * It runs before the first key or ciphertext is made, so the form can open earlier. Throws self-test-failed.
 */
const testedAtFirstUse = (crypto: SecretCrypto): Kem => {
  let passed = false;
  const test = (): void => {
    if (passed) return;
    const result = tested(crypto, kemAnswersRightly);
    if (!result.ok) throw new SealdropError(result.code);
    passed = true;
  };
  return {
    kemPublicKey: (seed) => {
      test();
      return crypto.kemPublicKey(seed);
    },
    kemEncapsulate: (publicKey, randomness) => {
      test();
      return crypto.kemEncapsulate(publicKey, randomness);
    },
    kemDecapsulate: (ciphertext, seed) => {
      test();
      return crypto.kemDecapsulate(ciphertext, seed);
    },
  };
};

/** Plain JavaScript, only for browsers without WebAssembly. Random bytes come from the caller's platform. */
export const loadNoble = async (random: Random): Promise<Loaded<SecretCrypto>> => {
  const crypto: SecretCrypto = { ...nobleHalf(random), ...secrets, backend: "noble" };
  return tested<SecretCrypto>({ ...crypto, ...testedAtFirstUse(crypto) }, allButKemAnswersRightly);
};
