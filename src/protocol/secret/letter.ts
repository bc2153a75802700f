import { concat, readerOf, sized, u8, u16, u32 } from "../public/bytes.ts";
import type { MessagingPublicKey, NewsroomId, StaticPublicKey } from "../public/crypto.ts";
import { SealdropError } from "../public/errors.ts";
import { derive } from "../public/labels.ts";
import { encodeLetter, LETTER_CLASSES, type Letter } from "../public/letter.ts";
import { ZERO_NONCE } from "./content.ts";
import type { MessagingSeed, SecretCrypto, StaticPrivateKey } from "./crypto.ts";
import type { StaticPair } from "./slot.ts";

/**
 * One member's letter to another, by the reader's messaging key of a period and both static keys, as a slot is: post-quantum, and
 * nobody but the two can have made it. docs/protocol.md §15.
 */

/** What letters are about; the number is sealed with them. */
export const LETTER_SUBJECTS = [
  "newsroom-key",
  "history",
  "handover",
  "share",
  "share-return",
] as const;
export type LetterSubject = (typeof LETTER_SUBJECTS)[number];

export type LetterContent = { readonly subject: LetterSubject; readonly bytes: Uint8Array };

/** The largest content of one letter. */
export const MAX_LETTER_CONTENT = 262_144 - 5;

/** A member as the roster and a verified statement name them. */
export type LetterReader = {
  readonly memberNumber: number;
  readonly generation: number;
  readonly period: number;
  readonly static: StaticPublicKey;
  readonly messaging: MessagingPublicKey;
};

const NO_AD = new Uint8Array(0);

const padded = ({ subject, bytes }: LetterContent): Uint8Array => {
  const text = concat([u8(LETTER_SUBJECTS.indexOf(subject)), sized(bytes)]);
  const size = LETTER_CLASSES.find((one) => one >= text.length);
  if (size === undefined) throw new SealdropError("too-large");
  const whole = new Uint8Array(size);
  whole.set(text);
  return whole;
};

type Parties = {
  readonly newsroomId: NewsroomId;
  readonly reader: LetterReader;
  readonly senderStatic: StaticPublicKey;
  readonly ciphertext: Uint8Array;
};

const letterKey = (
  crypto: SecretCrypto,
  secrets: readonly [sharedSecret: Uint8Array, agreed: Uint8Array],
  { newsroomId, reader, senderStatic, ciphertext }: Parties,
): Uint8Array =>
  derive(crypto, concat(secrets), {
    label: "letter",
    fields: [
      newsroomId,
      u16(reader.memberNumber),
      u32(reader.generation),
      u32(reader.period),
      reader.static,
      reader.messaging,
      senderStatic,
      ciphertext,
    ],
  });

export type LetterPlan = {
  readonly newsroomId: NewsroomId;
  readonly sender: StaticPair;
  readonly reader: LetterReader;
};

/** Throws no-reader for keys that nobody can have made honestly, too-large. */
export const sealLetter = (
  crypto: SecretCrypto,
  plan: LetterPlan,
  content: LetterContent,
): Uint8Array => {
  const { newsroomId, sender, reader } = plan;
  const made = crypto.kemEncapsulate(reader.messaging, crypto.random(64));
  const agreed = crypto.x25519(sender.private, reader.static);
  if (made === null || agreed === null) throw new SealdropError("no-reader");
  const { ciphertext, sharedSecret } = made;
  const parties = { newsroomId, reader, senderStatic: sender.public, ciphertext };
  const key = letterKey(crypto, [sharedSecret, agreed], parties);
  const text = padded(content);
  const sealed = crypto.aeadSeal({ key, nonce: ZERO_NONCE, text, ad: NO_AD });
  for (const secret of [sharedSecret, agreed, key, text]) crypto.wipe(secret);
  const { generation, period } = reader;
  return encodeLetter({ generation, period, senderStatic: sender.public, ciphertext, sealed });
};

export type LetterTry = {
  readonly newsroomId: NewsroomId;
  readonly reader: LetterReader;
  readonly messagingSeed: MessagingSeed;
  readonly staticPrivate: StaticPrivateKey;
};

const contentOf = (text: Uint8Array): LetterContent => {
  const reader = readerOf(text);
  const subject = LETTER_SUBJECTS[reader.u8()];
  if (subject === undefined) throw new SealdropError("bad-structure");
  const bytes = reader.sized(text.length);
  if (reader.bytes(reader.left()).some((byte) => byte !== 0)) {
    throw new SealdropError("bad-structure");
  }
  return { subject, bytes };
};

/**
 * The caller looks up whose key `senderStatic` is before it believes a word. Null: not for these keys, or altered on the
 * way. Throws bad-structure for what the right sender sealed wrongly.
 */
export const openLetter = (
  crypto: SecretCrypto,
  letter: Letter,
  { newsroomId, reader, messagingSeed, staticPrivate }: LetterTry,
): LetterContent | null => {
  const { ciphertext, senderStatic, sealed } = letter;
  const sharedSecret = crypto.kemDecapsulate(ciphertext, messagingSeed);
  const agreed = crypto.x25519(staticPrivate, senderStatic);
  if (sharedSecret === null || agreed === null) return null;
  const parties = { newsroomId, reader, senderStatic, ciphertext };
  const key = letterKey(crypto, [sharedSecret, agreed], parties);
  const text = crypto.aeadOpen({ key, nonce: ZERO_NONCE, text: sealed, ad: NO_AD });
  for (const secret of [sharedSecret, agreed, key]) crypto.wipe(secret);
  return text === null ? null : contentOf(text);
};
