import { concat, equal, readerOf, u32 } from "./bytes.ts";
import type {
  MailboxId,
  MailboxPublicKey,
  MessagingPublicKey,
  NewsroomId,
  PublicCrypto,
  StaticPublicKey,
} from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { derive, hash, labelled } from "./labels.ts";
import { HASH, ID } from "./limits.ts";

/** A source's mailbox: its id vouches for its keys, and the log-in to it is a MAC nobody can show around. docs/protocol.md §9. */

/** The public halves a source's codename gives. */
export type MailboxKeys = {
  readonly mailbox: MailboxPublicKey;
  readonly static: StaticPublicKey;
  readonly reply: MessagingPublicKey;
};

/** What a summary can carry instead of the 1,216-byte reply key. */
export type MailboxVouch = {
  readonly mailbox: MailboxPublicKey;
  readonly static: StaticPublicKey;
  readonly replyHash: Uint8Array;
};

export const replyKeyHash = (crypto: PublicCrypto, reply: MessagingPublicKey): Uint8Array =>
  crypto.blake2b(HASH, reply);

export const vouchOf = (crypto: PublicCrypto, keys: MailboxKeys): MailboxVouch => ({
  mailbox: keys.mailbox,
  static: keys.static,
  replyHash: replyKeyHash(crypto, keys.reply),
});

/** k: all that the mailbox id needs of static and reply key. */
export const mailboxKeysHash = (
  crypto: PublicCrypto,
  vouch: Omit<MailboxVouch, "mailbox">,
): Uint8Array => hash(crypto, "mailbox-keys", [vouch.replyHash, vouch.static]);

export type MailboxName = {
  readonly newsroomId: NewsroomId;
  readonly mailbox: MailboxPublicKey;
  readonly keysHash: Uint8Array;
};

/** 16 bytes. */
export const mailboxId = (crypto: PublicCrypto, name: MailboxName): MailboxId =>
  crypto.blake2b(
    ID,
    labelled("mailbox-id", [name.newsroomId, name.mailbox, name.keysHash]),
  ) as MailboxId;

export const mailboxIdOf = (
  crypto: PublicCrypto,
  newsroomId: NewsroomId,
  vouch: MailboxVouch,
): MailboxId =>
  mailboxId(crypto, {
    newsroomId,
    mailbox: vouch.mailbox,
    keysHash: mailboxKeysHash(crypto, vouch),
  });

export type Challenge = {
  readonly nonce: Uint8Array;
  /** Seconds since 1970. */
  readonly expires: number;
  readonly serverKey: Uint8Array;
};

export const CHALLENGE_BYTES = HASH + 4 + 32;
export const ANSWER_BYTES = HASH + 4 + 32 + HASH + HASH;

export const encodeChallenge = (challenge: Challenge): Uint8Array =>
  concat([challenge.nonce, u32(challenge.expires), challenge.serverKey]);

export const parseChallenge = (bytes: Uint8Array): Challenge => {
  const reader = readerOf(bytes);
  const nonce = reader.bytes(HASH);
  const expires = reader.u32();
  const serverKey = reader.bytes(32);
  reader.end();
  return { nonce, expires, serverKey };
};

/** The server's private key of a challenge comes from its secret, so that no replica keeps state. */
const challengeKey = (
  crypto: PublicCrypto,
  secret: Uint8Array,
  challenge: Pick<Challenge, "nonce" | "expires">,
): Uint8Array =>
  derive(crypto, secret, {
    label: "mailbox-challenge",
    fields: [challenge.nonce, u32(challenge.expires)],
  });

/** `secret`: 32 to 64 bytes that only the server knows. */
export const makeChallenge = (
  crypto: PublicCrypto,
  secret: Uint8Array,
  expires: number,
): Challenge => {
  const nonce = crypto.random(HASH);
  const serverKey = crypto.x25519PublicKey(challengeKey(crypto, secret, { nonce, expires }));
  return { nonce, expires, serverKey };
};

export type ChallengeAnswer = {
  readonly nonce: Uint8Array;
  readonly expires: number;
  readonly mailbox: MailboxPublicKey;
  readonly keysHash: Uint8Array;
  readonly mac: Uint8Array;
};

export const encodeAnswer = (answer: ChallengeAnswer): Uint8Array =>
  concat([answer.nonce, u32(answer.expires), answer.mailbox, answer.keysHash, answer.mac]);

/** Throws bad-structure. */
export const parseAnswer = (bytes: Uint8Array): ChallengeAnswer => {
  const reader = readerOf(bytes);
  const nonce = reader.bytes(HASH);
  const expires = reader.u32();
  const mailbox = reader.bytes(32) as MailboxPublicKey;
  const keysHash = reader.bytes(HASH);
  const mac = reader.bytes(HASH);
  reader.end();
  return { nonce, expires, mailbox, keysHash, mac };
};

export type LoginBinding = {
  readonly newsroomId: NewsroomId;
  readonly mailboxId: MailboxId;
  readonly nonce: Uint8Array;
  readonly expires: number;
};

/** BLAKE2b keyed with the shared secret of mailbox key and challenge key. */
export const loginMac = (
  crypto: PublicCrypto,
  shared: Uint8Array,
  binding: LoginBinding,
): Uint8Array =>
  derive(crypto, shared, {
    label: "mailbox-login",
    fields: [binding.newsroomId, binding.mailboxId, binding.nonce, u32(binding.expires)],
  });

export type LoginCheck = {
  readonly newsroomId: NewsroomId;
  readonly secret: Uint8Array;
  /** Seconds since 1970. */
  readonly now: number;
};

/** The mailbox the answer proves, or throws wrong-answer: too late, wrong MAC or a low-order key, all alike. */
export const checkAnswer = (
  crypto: PublicCrypto,
  answer: ChallengeAnswer,
  check: LoginCheck,
): MailboxId => {
  const id = mailboxId(crypto, {
    newsroomId: check.newsroomId,
    mailbox: answer.mailbox,
    keysHash: answer.keysHash,
  });
  const privateKey = challengeKey(crypto, check.secret, answer);
  const shared = crypto.x25519(privateKey, answer.mailbox);
  // A low-order key would make the secret known to all: the work goes on with a fresh one, and fails like a wrong MAC.
  const key = shared ?? crypto.random(32);
  const mac = loginMac(crypto, key, { ...check, ...answer, mailboxId: id });
  const fits = equal(mac, answer.mac);
  if (!fits || shared === null || answer.expires < check.now) {
    throw new SealdropError("wrong-answer");
  }
  return id;
};
