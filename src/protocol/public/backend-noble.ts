import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { type Loaded, type Random, tested } from "./backend.ts";
import { concat, equal } from "./bytes.ts";
import type { PublicCrypto } from "./crypto.ts";
import { SIGNATURE } from "./limits.ts";
import { publicAnswersRightly } from "./self-test.ts";

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;

const littleEndian = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

/** Throws for a key that is no canonical encoding of a point. */
const verifyStrictly = (
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean => {
  const nonce = signature.subarray(0, 32);
  const scalar = littleEndian(signature.subarray(32));
  if (scalar >= ORDER) return false;
  const key = Point.fromBytes(publicKey);
  if (key.isSmallOrder()) return false;
  const challenge = littleEndian(sha512(concat([nonce, publicKey, message]))) % ORDER;
  const point = Point.BASE.multiplyUnsafe(scalar).subtract(key.multiplyUnsafe(challenge));
  // Equal bytes make R canonical, and its order that of the point computed.
  return !point.isSmallOrder() && equal(point.toBytes(), nonce);
};

/**
 * Not noble's own verify: that one multiplies by the cofactor and so accepts mixed-order signatures that libsodium
 * refuses, which would let somebody show two rosters with one signature, one to each kind of reader (§1.2).
 */
const verifyEd25519 = (
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean => {
  if (signature.length !== SIGNATURE || publicKey.length !== 32) return false;
  try {
    return verifyStrictly(signature, message, publicKey);
  } catch {
    return false;
  }
};

const sharedSecret = (privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | null => {
  try {
    return x25519.getSharedSecret(privateKey, publicKey);
  } catch {
    return null;
  }
};

/** Hashing, verifying and Diffie-Hellman in plain JavaScript. */
export const nobleHalf = (random: Random): Omit<PublicCrypto, "backend"> => ({
  random,
  blake2b: (length, input, key) =>
    blake2b(
      input,
      key === undefined || key.length === 0 ? { dkLen: length } : { dkLen: length, key },
    ),
  sha256: (input) => sha256(input),
  verifyEd25519,
  x25519: sharedSecret,
  x25519PublicKey: (privateKey) => x25519.getPublicKey(privateKey),
});

/** The public half where WebAssembly is missing. */
export const loadPublicNoble = async (random: Random): Promise<Loaded<PublicCrypto>> =>
  tested<PublicCrypto>({ ...nobleHalf(random), backend: "noble" }, publicAnswersRightly);
