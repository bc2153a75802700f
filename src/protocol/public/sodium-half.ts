import { sha256 } from "@noble/hashes/sha2.js";
import type sodium from "libsodium-wrappers";
import type { Random } from "./backend.ts";
import type { PublicCrypto } from "./crypto.ts";

/** What the public half takes from libsodium; both of its builds have it. */
export type PublicSodium = Pick<
  typeof sodium,
  | "crypto_generichash"
  | "crypto_sign_verify_detached"
  | "crypto_scalarmult"
  | "crypto_scalarmult_base"
>;

/** The wrappers throw where C returns -1: for a low-order point, for a wrong length. */
export const orNull = <Value>(attempt: () => Value): Value | null => {
  try {
    return attempt();
  } catch {
    return null;
  }
};

/** Hashing, verifying and Diffie-Hellman of either build. Import no build here: each bundle brings one. */
export const sodiumHalf = (
  library: PublicSodium,
  random: Random,
): Omit<PublicCrypto, "backend"> => ({
  random,
  blake2b: (length, input, key) => library.crypto_generichash(length, input, key ?? null),
  // The standard build has no SHA-256, and WebCrypto needs a secure context that an http onion is not everywhere.
  sha256: (input) => sha256(input),
  verifyEd25519: (signature, message, publicKey) =>
    orNull(() => library.crypto_sign_verify_detached(signature, message, publicKey)) ?? false,
  x25519: (privateKey, publicKey) => orNull(() => library.crypto_scalarmult(privateKey, publicKey)),
  x25519PublicKey: (privateKey) => library.crypto_scalarmult_base(privateKey),
});
