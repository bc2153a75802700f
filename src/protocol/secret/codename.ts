import type {
  MailboxId,
  MailboxPublicKey,
  MessagingPublicKey,
  NewsroomId,
  StaticPublicKey,
} from "../public/crypto.ts";
import { SealdropError } from "../public/errors.ts";
import { derive, type Label } from "../public/labels.ts";
import { type MailboxKeys, mailboxIdOf, vouchOf } from "../public/mailbox.ts";
import { findWord, WORD_LIST, wordsOf } from "../public/words.ts";
import type { MailboxPrivateKey, MessagingSeed, SecretCrypto, StaticPrivateKey } from "./crypto.ts";

/** A codename: 16 random bytes, shown as twelve words. docs/protocol.md §9.1. Never sent, stored or put into an address. */

export const CODENAME_BYTES = 16;

/** A source as its codename makes it: what opens and writes in its mailbox. */
export type SourceKeys = MailboxKeys & {
  readonly id: MailboxId;
  readonly mailboxPrivate: MailboxPrivateKey;
  readonly staticPrivate: StaticPrivateKey;
  readonly replySeed: MessagingSeed;
};

export const makeCodename = (crypto: SecretCrypto): Uint8Array => crypto.random(CODENAME_BYTES);

export const codenameWords = (codename: Uint8Array): readonly string[] => wordsOf(codename);

/** The typed words in any case and spacing. */
export const splitWords = (typed: string): readonly string[] =>
  typed
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word.length > 0);

/** Which of the typed words are not on the list, by index. */
export const unknownWords = (words: readonly string[]): readonly number[] =>
  words.flatMap((word, index) => (findWord(word) === null ? [index] : []));

const bitsOf = (words: readonly string[]): string =>
  words.map((word) => WORD_LIST.indexOf(word).toString(2).padStart(11, "0")).join("");

/** BIP39 words back to their bytes; four letters of a word are enough. Throws the codename-… errors. */
export const entropyOf = (typed: string, bytes: number): Uint8Array => {
  const words = splitWords(typed).map((word) => findWord(word));
  if (words.length !== (bytes * 33) / 44) throw new SealdropError("codename-length");
  const known = words.filter((word) => word !== null);
  if (known.length !== words.length) throw new SealdropError("codename-word");
  const bits = bitsOf(known);
  const entropy = Uint8Array.from({ length: bytes }, (_, i) =>
    Number.parseInt(bits.slice(i * 8, i * 8 + 8), 2),
  );
  const again = wordsOf(entropy);
  if (again.some((word, index) => word !== known[index])) {
    throw new SealdropError("codename-checksum");
  }
  return entropy;
};

/** Throws codename-word, codename-length, codename-checksum. */
export const parseCodename = (typed: string): Uint8Array => entropyOf(typed, CODENAME_BYTES);

/** Derives the source's keys for one newsroom: the same words give other keys elsewhere. */
export const sourceKeys = (
  crypto: SecretCrypto,
  newsroomId: NewsroomId,
  codename: Uint8Array,
): SourceKeys => {
  const key = (label: Label) => derive(crypto, codename, { label, fields: [newsroomId] });
  const mailboxPrivate = key("codename-mailbox") as MailboxPrivateKey;
  const staticPrivate = key("codename-static") as StaticPrivateKey;
  const replySeed = key("codename-reply") as MessagingSeed;
  const keys: MailboxKeys = {
    mailbox: crypto.x25519PublicKey(mailboxPrivate) as MailboxPublicKey,
    static: crypto.x25519PublicKey(staticPrivate) as StaticPublicKey,
    reply: crypto.kemPublicKey(replySeed) as MessagingPublicKey,
  };
  const id = mailboxIdOf(crypto, newsroomId, vouchOf(crypto, keys));
  return { ...keys, id, mailboxPrivate, staticPrivate, replySeed };
};

export const wipeSource = (crypto: SecretCrypto, source: SourceKeys): void => {
  for (const secret of [source.mailboxPrivate, source.staticPrivate, source.replySeed]) {
    crypto.wipe(secret);
  }
};
