import { entropyToMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import type { NewsroomPublicKey, PublicCrypto } from "./crypto.ts";
import { labelled } from "./labels.ts";

/** Words that people compare or copy. docs/protocol.md §8. One English list for every language. */

export const WORD_LIST: readonly string[] = wordlist;

/** Bytes (16 to 32, a multiple of 4) as BIP39 words with checksum. */
export const wordsOf = (entropy: Uint8Array): readonly string[] =>
  entropyToMnemonic(entropy, wordlist).split(" ");

/** The twelve words of a newsroom key, for print and for comparing: 128 bits of its hash. */
export const fingerprintWords = (crypto: PublicCrypto, key: NewsroomPublicKey): readonly string[] =>
  wordsOf(crypto.blake2b(16, labelled("newsroom-fingerprint", [key])));

/** Eleven bits each, without checksum: for comparing, never for typing. A multiple of eleven bytes. */
export const compareWords = (bytes: Uint8Array): readonly string[] => {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{11}/g) ?? []).map((word) => WORD_LIST[Number.parseInt(word, 2)] ?? "");
};

/** The list is sorted and four letters tell its words apart. Null when no word or several begin like this. */
export const findWord = (typed: string): string | null => {
  const lower = typed.toLowerCase();
  if (WORD_LIST.includes(lower)) return lower;
  const fitting = lower.length < 4 ? [] : WORD_LIST.filter((word) => word.startsWith(lower));
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
};
