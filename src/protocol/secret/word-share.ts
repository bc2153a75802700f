import type { Reader } from "../public/bytes.ts";
import { concat, equal, readerOf, sized, u8, u16, u32 } from "../public/bytes.ts";
import type { NewsroomId, PublicCrypto } from "../public/crypto.ts";
import { SealdropError } from "../public/errors.ts";
import { derive, hash } from "../public/labels.ts";
import { HASH, ID } from "../public/limits.ts";
import type { SecretCrypto } from "./crypto.ts";

/** One piece of somebody's words, and what owner and holder say to each other about it in letters. docs/protocol.md §19. */

/** Whose words: one's own recovery words, or the newsroom words. */
export const SHARED_WORDS = ["recovery", "newsroom"] as const;
export type SharedWords = (typeof SHARED_WORDS)[number];

/** Two at least, or one holder alone would have the words. */
export const LEAST_NEEDED = 2;
export const MOST_HOLDERS = 20;

export type WordShare = {
  readonly words: SharedWords;
  readonly setId: Uint8Array;
  /** Member number of whoever made the set. */
  readonly owner: number;
  /** Higher than that of every earlier set of this owner: an old letter brings no old set back. */
  readonly serial: number;
  readonly needed: number;
  readonly count: number;
  /** By this, words that were put together are known to be the right ones. */
  readonly check: Uint8Array;
  /** 32 bytes and the place they stand for. */
  readonly piece: Uint8Array;
};

export const PIECE = 33;

/** The words have 256 bits: a hash of them tells nobody anything. */
export const wordCheck = (
  crypto: PublicCrypto,
  newsroomId: NewsroomId,
  set: { readonly setId: Uint8Array; readonly entropy: Uint8Array },
): Uint8Array => hash(crypto, "word-share-check", [newsroomId, set.setId, set.entropy]);

export const encodeWordShare = (share: WordShare): Uint8Array =>
  concat([
    u8(1),
    u8(SHARED_WORDS.indexOf(share.words)),
    share.setId,
    u16(share.owner),
    u32(share.serial),
    u8(share.needed),
    u8(share.count),
    share.check,
    share.piece,
  ]);

const wordsOf = (index: number): SharedWords => {
  const words = SHARED_WORDS[index];
  if (words === undefined) throw new SealdropError("bad-structure");
  return words;
};

/** Throws bad-structure. */
export const parseWordShare = (bytes: Uint8Array): WordShare => {
  const reader = readerOf(bytes);
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const share = {
    words: wordsOf(reader.u8()),
    setId: reader.bytes(ID),
    owner: reader.u16(),
    serial: reader.u32(),
    needed: reader.u8(),
    count: reader.u8(),
    check: reader.bytes(HASH),
    piece: reader.bytes(PIECE),
  };
  reader.end();
  const { needed, count, piece } = share;
  const fits = needed >= LEAST_NEEDED && count >= needed && count <= MOST_HOLDERS;
  if (!fits || piece[PIECE - 1] === 0) throw new SealdropError("bad-structure");
  return share;
};

/** Kept by owner and holder: it proves the piece, and the piece cannot be found from it. */
export const rehearsalKey = (
  crypto: SecretCrypto,
  newsroomId: NewsroomId,
  share: Pick<WordShare, "setId" | "piece"> & { readonly holder: number },
): Uint8Array =>
  derive(crypto, share.piece, {
    label: "word-share-rehearsal-key",
    fields: [newsroomId, share.setId, u16(share.holder)],
  });

export const rehearsalAnswer = (
  crypto: SecretCrypto,
  key: Uint8Array,
  nonce: Uint8Array,
): Uint8Array => derive(crypto, key, { label: "word-share-rehearsal", fields: [nonce] });

/** From owner to holder. `collect` is for newsroom words: who holds a piece gives it to the admin who asks, after a person said so. */
export type ShareLetter =
  | { readonly say: "keep"; readonly share: WordShare }
  | { readonly say: "drop"; readonly setId: Uint8Array }
  | { readonly say: "rehearse"; readonly setId: Uint8Array; readonly nonce: Uint8Array }
  | { readonly say: "collect" };

const MOST_SHARE = 200;
const NONCE = 32;

export const encodeShareLetter = (letter: ShareLetter): Uint8Array => {
  switch (letter.say) {
    case "keep":
      return concat([u8(0), sized(encodeWordShare(letter.share))]);
    case "drop":
      return concat([u8(1), letter.setId]);
    case "rehearse":
      return concat([u8(2), letter.setId, letter.nonce]);
    case "collect":
      return u8(3);
  }
};

/** Throws bad-structure. */
export const parseShareLetter = (bytes: Uint8Array): ShareLetter => {
  const reader = readerOf(bytes);
  const read = (): ShareLetter => {
    switch (reader.u8()) {
      case 0:
        return { say: "keep", share: parseWordShare(reader.sized(MOST_SHARE)) };
      case 1:
        return { say: "drop", setId: reader.bytes(ID) };
      case 2:
        return { say: "rehearse", setId: reader.bytes(ID), nonce: reader.bytes(NONCE) };
      case 3:
        return { say: "collect" };
      default:
        throw new SealdropError("bad-structure");
    }
  };
  const letter = read();
  reader.end();
  return letter;
};

/** From holder to owner, or to the admin who collects. */
export type ShareReturn =
  | {
      readonly say: "rehearsed";
      readonly setId: Uint8Array;
      readonly nonce: Uint8Array;
      /** Null: no such share is held. */
      readonly answer: Uint8Array | null;
    }
  | { readonly say: "returned"; readonly share: WordShare };

const NO_ANSWER = new Uint8Array(HASH);

export const encodeShareReturn = (letter: ShareReturn): Uint8Array => {
  switch (letter.say) {
    case "rehearsed": {
      const { setId, nonce, answer } = letter;
      return concat([u8(0), setId, nonce, u8(answer === null ? 0 : 1), answer ?? NO_ANSWER]);
    }
    case "returned":
      return concat([u8(1), sized(encodeWordShare(letter.share))]);
  }
};

/** Null for none, which is written as zeros. */
const readAnswer = (reader: Reader): Uint8Array | null => {
  const held = reader.u8();
  const answer = reader.bytes(HASH);
  if (held > 1 || (held === 0 && !equal(answer, NO_ANSWER))) {
    throw new SealdropError("bad-structure");
  }
  return held === 1 ? answer : null;
};

/** Throws bad-structure. */
export const parseShareReturn = (bytes: Uint8Array): ShareReturn => {
  const reader = readerOf(bytes);
  const read = (): ShareReturn => {
    switch (reader.u8()) {
      case 0: {
        const [setId, nonce] = [reader.bytes(ID), reader.bytes(NONCE)];
        return { say: "rehearsed", setId, nonce, answer: readAnswer(reader) };
      }
      case 1:
        return { say: "returned", share: parseWordShare(reader.sized(MOST_SHARE)) };
      default:
        throw new SealdropError("bad-structure");
    }
  };
  const letter = read();
  reader.end();
  return letter;
};
