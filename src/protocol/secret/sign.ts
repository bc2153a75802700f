import { concat, u8, u32 } from "../public/bytes.ts";
import type { MessagingPublicKey, NewsroomId, NewsroomPublicKey } from "../public/crypto.ts";
import { derive, hash } from "../public/labels.ts";
import { SIGNATURE } from "../public/limits.ts";
import { encodeMessagingKey } from "../public/messaging-key.ts";
import { encodeRotation, formerSignedBytes } from "../public/newsroom-keys.ts";
import { encodeRoster, type Roster } from "../public/roster.ts";
import {
  encodeStatement,
  NO_NEWSROOM_ID,
  type Statement,
  signedBytes,
} from "../public/statement.ts";
import type { IdentitySeed, MessagingSeed, NewsroomSeed, SecretCrypto } from "./crypto.ts";

/** Making and signing statements. docs/protocol.md §4 to §6. */

type ToSign = Omit<Statement, "signature"> & {
  readonly newsroomId: Uint8Array;
  readonly seed: NewsroomSeed | IdentitySeed;
};

export const sign = (crypto: SecretCrypto, input: ToSign): Uint8Array => {
  const signature = crypto.ed25519Sign(signedBytes(input, input.newsroomId), input.seed);
  return encodeStatement({ kind: input.kind, payload: input.payload, signature });
};

export type NewNewsroom = {
  readonly newsroomId: NewsroomId;
  readonly key: NewsroomPublicKey;
  readonly seed: NewsroomSeed;
  /** 32 bytes, for paper only: the newsroom words. */
  readonly words: Uint8Array;
  readonly created: Uint8Array;
};

/** The newsroom key that newsroom words give; derived without newsroom id, because the id commits to it. */
export const seedOfNewsroomWords = (crypto: SecretCrypto, words: Uint8Array): NewsroomSeed =>
  derive(crypto, words, { label: "newsroom-words", fields: [] }) as NewsroomSeed;

/** What *created* and each rotation commit to. */
export const commitToNext = (crypto: SecretCrypto, words: Uint8Array): Uint8Array =>
  hash(crypto, "newsroom-next", [crypto.ed25519PublicKey(seedOfNewsroomWords(crypto, words))]);

export const createNewsroom = (crypto: SecretCrypto, day: number): NewNewsroom => {
  const seed = crypto.random(32) as NewsroomSeed;
  const words = crypto.random(32);
  const key = crypto.ed25519PublicKey(seed) as NewsroomPublicKey;
  const payload = concat([u8(1), key, commitToNext(crypto, words), u32(day)]);
  const created = sign(crypto, {
    kind: "newsroom-created",
    payload,
    newsroomId: NO_NEWSROOM_ID,
    seed,
  });
  const newsroomId = hash(crypto, "newsroom-id", [payload]) as NewsroomId;
  return { newsroomId, key, seed, words, created };
};

export type RotationPlan = {
  readonly newsroomId: NewsroomId;
  /** 1 for the first rotation. */
  readonly ordinal: number;
  /** Null: stolen or lost, so that it cannot or must not sign its own end. */
  readonly formerSeed: NewsroomSeed | null;
  /** The key that the statement before committed to. */
  readonly seed: NewsroomSeed;
  readonly nextCommitment: Uint8Array;
  /** Number of the last roster under the former key. */
  readonly afterRoster: number;
  readonly day: number;
};

/** docs/protocol.md §4.5. */
export const signRotation = (crypto: SecretCrypto, plan: RotationPlan): Uint8Array => {
  const { newsroomId, formerSeed, seed } = plan;
  const key = crypto.ed25519PublicKey(seed) as NewsroomPublicKey;
  const encoded = encodeRotation({ ...plan, key, stolen: formerSeed === null });
  const former =
    formerSeed === null
      ? new Uint8Array(SIGNATURE)
      : crypto.ed25519Sign(formerSignedBytes(newsroomId, encoded), formerSeed);
  const payload = concat([encoded, former]);
  return sign(crypto, { kind: "newsroom-rotated", payload, newsroomId, seed });
};

export const signRoster = (crypto: SecretCrypto, roster: Roster, seed: NewsroomSeed): Uint8Array =>
  sign(crypto, {
    kind: "roster",
    payload: encodeRoster(roster),
    newsroomId: roster.newsroomId,
    seed,
  });

export type MessagingKeyPlan = {
  readonly newsroomId: NewsroomId;
  readonly memberNumber: number;
  readonly generation: number;
  readonly period: number;
  readonly identitySeed: IdentitySeed;
  /** Drawn and stored in the vault before the statement is published. */
  readonly seed: MessagingSeed;
};

export const signMessagingKey = (crypto: SecretCrypto, plan: MessagingKeyPlan): Uint8Array => {
  const { newsroomId, memberNumber, generation, period } = plan;
  const key = crypto.kemPublicKey(plan.seed) as MessagingPublicKey;
  const payload = encodeMessagingKey({ memberNumber, generation, period, key });
  return sign(crypto, { kind: "messaging-key", payload, newsroomId, seed: plan.identitySeed });
};
