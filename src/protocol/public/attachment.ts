import { quotient } from "./bytes.ts";
import { CHUNK, MIN_PADDED_FILE, NONCE, TAG } from "./limits.ts";

/** Sizes of sealed files: what the server sees of one. docs/protocol.md §11. */

const bitLength = (value: number): number => value.toString(2).length;

/** Padmé (Nikitin et al., PETS 2019): at most 12 % more, and only log log of the size shows. Never below 64 KiB. */
export const paddedLength = (length: number): number => {
  if (length <= MIN_PADDED_FILE) return MIN_PADDED_FILE;
  const exponent = bitLength(length) - 1;
  const kept = bitLength(exponent);
  const step = 2 ** (exponent - kept);
  return quotient(length + step - 1, step) * step;
};

/** How many parts a file of this true size is stored in. */
export const partCount = (length: number): number =>
  quotient(paddedLength(length) + CHUNK - 1, CHUNK);

/** Ciphertext length of one part of a padded file. */
export const partLength = (padded: number, index: number): number => {
  const left = padded - index * CHUNK;
  return (left < CHUNK ? left : CHUNK) + NONCE + TAG;
};
