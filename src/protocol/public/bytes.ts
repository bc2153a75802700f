import { SealdropError } from "./errors.ts";

/** Bytes in, bytes out: joining, comparing, text, base64url, and a reader and writer for canonical form (docs/protocol.md §2). */

export const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
};

/** Compares without leaving early; different lengths are unequal. */
export const equal = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
};

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** Throws bad-structure for bytes that are not UTF-8. */
export const fromUtf8 = (bytes: Uint8Array): string => {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new SealdropError("bad-structure");
  }
};

const HEX_PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower case. */
export const hex = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += HEX_PAIRS[byte];
  return text;
};

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map(Array.from(ALPHABET, (letter, value) => [letter, value]));

/** base64url without padding. */
export const base64url = (bytes: Uint8Array): string => {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const letters = [word >> 18, (word >> 12) & 63, (word >> 6) & 63, word & 63];
    for (const value of letters.slice(0, bytes.length - i + 1)) text += ALPHABET[value];
  }
  return text;
};

/** Throws bad-structure for anything that `base64url` would not have written. */
export const fromBase64url = (text: string): Uint8Array => {
  if (text.length % 4 === 1) throw new SealdropError("bad-structure");
  const bytes = new Uint8Array(quotient(text.length * 3, 4));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const letter of text) {
    const value = VALUES.get(letter);
    if (value === undefined) throw new SealdropError("bad-structure");
    held = ((held << 6) | value) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  if ((held & ((1 << bits) - 1)) !== 0) throw new SealdropError("bad-structure");
  return bytes;
};

/** Whole-number division, exact up to 2^53. */
export const quotient = (dividend: number, divisor: number): number =>
  (dividend - (dividend % divisor)) / divisor;

export const u8 = (value: number): Uint8Array => Uint8Array.of(value);

export const u16 = (value: number): Uint8Array => Uint8Array.of(value >>> 8, value & 255);

export const u32 = (value: number): Uint8Array =>
  Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);

/** Sizes of files pass 4 GiB one day; 2^53 is plenty. */
export const u64 = (value: number): Uint8Array =>
  concat([u32(quotient(value, 0x1_0000_0000)), u32(value % 0x1_0000_0000)]);

/** A field whose length is not fixed: u32 length, then the bytes. */
export const sized = (bytes: Uint8Array): Uint8Array => concat([u32(bytes.length), bytes]);

/** Reads canonical form front to back; every read past the end and every rest throws bad-structure. */
export type Reader = {
  bytes(length: number): Uint8Array;
  u8(): number;
  u16(): number;
  u32(): number;
  u64(): number;
  /** A sized field of at most `limit` bytes. */
  sized(limit: number): Uint8Array;
  text(limit: number): string;
  left(): number;
  end(): void;
};

export const readerOf = (input: Uint8Array): Reader => {
  let at = 0;
  const bytes = (length: number): Uint8Array => {
    if (length > input.length - at) throw new SealdropError("bad-structure");
    at += length;
    return input.slice(at - length, at);
  };
  const number = (length: number): number =>
    bytes(length).reduce((value, byte) => value * 256 + byte, 0);
  const sizedField = (limit: number): Uint8Array => {
    const length = number(4);
    if (length > limit) throw new SealdropError("bad-structure");
    return bytes(length);
  };
  return {
    bytes,
    u8: () => number(1),
    u16: () => number(2),
    u32: () => number(4),
    u64: () => {
      const value = number(8);
      if (!Number.isSafeInteger(value)) throw new SealdropError("bad-structure");
      return value;
    },
    sized: sizedField,
    text: (limit) => fromUtf8(sizedField(limit)),
    left: () => input.length - at,
    end: () => {
      if (at !== input.length) throw new SealdropError("bad-structure");
    },
  };
};
