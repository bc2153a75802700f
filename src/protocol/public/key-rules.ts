import { hex } from "./bytes.ts";
import { KEM_PUBLIC_KEY } from "./limits.ts";

/** Which public keys can be sealed to. docs/protocol.md §1.4. Told from the bytes alone: no crypto library is asked. */

/** The only X25519 coordinates of small order, on the curve and on its twist; with one of them every secret is zero. */
const LOW_ORDER: ReadonlySet<string> = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]);

/** Little-endian 2^255 - 19 and above, or with the unused bit set: another spelling of a smaller number. */
const isCanonical = (key: Uint8Array): boolean => {
  if ((key[31] ?? 0) > 0x7f) return false;
  const top = key.subarray(1, 31).every((byte) => byte === 0xff) && key[31] === 0x7f;
  return !(top && (key[0] ?? 0) >= 0xed);
};

/** True for 32 bytes that spell an X25519 key in its one form, and not one of low order. */
export const isUsableX25519Key = (key: Uint8Array): boolean =>
  key.length === 32 && isCanonical(key) && !LOW_ORDER.has(hex(key));

const MODULUS = 3_329;
const COEFFICIENTS = 1_152;
const X25519_AT = 1_184;

/** FIPS 203, section 7.2: every 12-bit coefficient is below the modulus. */
const isReduced = (encoded: Uint8Array): boolean => {
  for (let at = 0; at < encoded.length; at += 3) {
    const low = encoded[at] ?? 0;
    const middle = encoded[at + 1] ?? 0;
    const high = encoded[at + 2] ?? 0;
    if ((low | ((middle & 15) << 8)) >= MODULUS) return false;
    if (((middle >> 4) | (high << 4)) >= MODULUS) return false;
  }
  return true;
};

/** True for an X-Wing public key that every library will encapsulate to. */
export const isUsableKemKey = (key: Uint8Array): boolean =>
  key.length === KEM_PUBLIC_KEY &&
  isReduced(key.subarray(0, COEFFICIENTS)) &&
  isUsableX25519Key(key.subarray(X25519_AT));
