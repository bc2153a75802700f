import { concat, readerOf, u8, u32 } from "./bytes.ts";
import type { StaticPublicKey } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { KEM_CIPHERTEXT, TAG } from "./limits.ts";

/** What one member seals for another: keys on their way, never a source's words. docs/protocol.md §15. */

/** Plaintext sizes: what a letter is about does not show by its length. */
export const LETTER_CLASSES = [1_024, 16_384, 262_144] as const;
const FIXED = 1 + 4 + 4 + 32 + KEM_CIPHERTEXT + TAG;
export const MAX_LETTER = FIXED + 262_144;

/** Who may open it is the server's address on it; the keys it is sealed to are bound by the sealing. */
export type Letter = {
  /** Of the reader's messaging key. */
  readonly generation: number;
  readonly period: number;
  readonly senderStatic: StaticPublicKey;
  readonly ciphertext: Uint8Array;
  readonly sealed: Uint8Array;
};

/** `u8 1 │ u32 generation │ u32 period │ sender's static key │ ciphertext │ sealed`. */
export const encodeLetter = (letter: Letter): Uint8Array =>
  concat([
    u8(1),
    u32(letter.generation),
    u32(letter.period),
    letter.senderStatic,
    letter.ciphertext,
    letter.sealed,
  ]);

const isClass = (length: number): boolean =>
  (LETTER_CLASSES as readonly number[]).includes(length - TAG);

/** Throws bad-structure. */
export const parseLetter = (bytes: Uint8Array): Letter => {
  const reader = readerOf(bytes);
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const generation = reader.u32();
  const period = reader.u32();
  const senderStatic = reader.bytes(32) as StaticPublicKey;
  const ciphertext = reader.bytes(KEM_CIPHERTEXT);
  const sealed = reader.bytes(reader.left());
  if (!isClass(sealed.length)) throw new SealdropError("bad-structure");
  return { generation, period, senderStatic, ciphertext, sealed };
};
