import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { ml_kem768_x25519 } from "@noble/post-quantum/hybrid.js";
import { type Loaded, type Random, tested } from "../public/backend.ts";
import { nobleHalf } from "../public/backend-noble.ts";
import type { PublicCrypto } from "../public/crypto.ts";
import type { AeadInput, Encapsulation, SecretCrypto } from "./crypto.ts";
import { secretAnswersRightly } from "./self-test.ts";

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

/** Plain JavaScript, only for browsers without WebAssembly. Random bytes come from the caller's platform. */
export const loadNoble = async (random: Random): Promise<Loaded<SecretCrypto>> =>
  tested<SecretCrypto>(
    { ...nobleHalf(random), ...secrets, backend: "noble" },
    secretAnswersRightly,
  );
