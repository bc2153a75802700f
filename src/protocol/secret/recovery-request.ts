import { concat, u16, utf8 } from "../public/bytes.ts";
import type { NewsroomId, NewsroomPublicKey, StaticPublicKey } from "../public/crypto.ts";
import { SealdropError } from "../public/errors.ts";
import { derive, labelled } from "../public/labels.ts";
import { KEM_CIPHERTEXT } from "../public/limits.ts";
import { compareWords } from "../public/words.ts";
import { ZERO_NONCE } from "./content.ts";
import type { SecretCrypto } from "./crypto.ts";
import type { StaticPair } from "./slot.ts";
import { encodeWordShare, parseWordShare, type WordShare } from "./word-share.ts";

/**
 * Somebody who has lost everything asks colleagues for their shares: under keys made for this one time, which nobody knows to
 * be theirs until eight words were compared. docs/protocol.md §19.4.
 */
export type RequestKeys = {
  readonly seed: Uint8Array;
  readonly private: Uint8Array;
  readonly public: RequestPublic;
};
export type RequestPublic = { readonly xwing: Uint8Array; readonly x25519: Uint8Array };

export const drawRequest = (crypto: SecretCrypto): RequestKeys => {
  const [seed, secret] = [crypto.random(32), crypto.random(32)];
  return {
    seed,
    private: secret,
    public: { xwing: crypto.kemPublicKey(seed), x25519: crypto.x25519PublicKey(secret) },
  };
};

export type Asked = {
  readonly newsroomId: NewsroomId;
  readonly newsroomKey: NewsroomPublicKey;
  readonly userName: string;
  readonly keys: RequestPublic;
};

const WORD_BYTES = 11;

/** Eight words, 88 bits: whoever puts other keys in their place has to find some that give the same. */
export const requestWords = (crypto: SecretCrypto, asked: Asked): readonly string[] => {
  const { newsroomId, newsroomKey, userName, keys } = asked;
  const fields = [newsroomId, newsroomKey, utf8(userName), keys.xwing, keys.x25519];
  return compareWords(crypto.blake2b(WORD_BYTES, labelled("recovery-request-words", fields)));
};

/** Who answers whom. */
export type AnswerParties = {
  readonly newsroomId: NewsroomId;
  readonly request: RequestPublic;
  readonly holder: number;
  readonly holderStatic: StaticPublicKey;
};

const NO_AD = new Uint8Array(0);

const answerKey = (
  crypto: SecretCrypto,
  secrets: readonly [shared: Uint8Array, agreed: Uint8Array],
  { parties, ciphertext }: { readonly parties: AnswerParties; readonly ciphertext: Uint8Array },
): Uint8Array =>
  derive(crypto, concat(secrets), {
    label: "recovery-answer",
    fields: [
      parties.newsroomId,
      parties.request.xwing,
      parties.request.x25519,
      u16(parties.holder),
      parties.holderStatic,
      ciphertext,
    ],
  });

export type AnswerPlan = {
  readonly newsroomId: NewsroomId;
  readonly request: RequestPublic;
  readonly holder: number;
  readonly own: StaticPair;
};

/** Throws no-reader for keys that nobody can have made honestly. */
export const sealRecoveryAnswer = (
  crypto: SecretCrypto,
  { newsroomId, request, holder, own }: AnswerPlan,
  share: WordShare,
): Uint8Array => {
  const made = crypto.kemEncapsulate(request.xwing, crypto.random(64));
  const agreed = crypto.x25519(own.private, request.x25519);
  if (made === null || agreed === null) throw new SealdropError("no-reader");
  const { ciphertext, sharedSecret } = made;
  const parties = { newsroomId, request, holder, holderStatic: own.public };
  const key = answerKey(crypto, [sharedSecret, agreed], { parties, ciphertext });
  const text = encodeWordShare(share);
  const sealed = crypto.aeadSeal({ key, nonce: ZERO_NONCE, text, ad: NO_AD });
  for (const secret of [sharedSecret, agreed, key, text]) crypto.wipe(secret);
  return concat([ciphertext, sealed]);
};

/** Null: not for these keys, not from this holder, or altered on the way. Throws bad-structure. */
export const openRecoveryAnswer = (
  crypto: SecretCrypto,
  keys: RequestKeys,
  answer: Omit<AnswerParties, "request"> & { readonly sealed: Uint8Array },
): WordShare | null => {
  const { newsroomId, holder, holderStatic, sealed } = answer;
  const ciphertext = sealed.subarray(0, KEM_CIPHERTEXT);
  const shared = crypto.kemDecapsulate(ciphertext, keys.seed);
  const agreed = crypto.x25519(keys.private, holderStatic);
  if (shared === null || agreed === null) return null;
  const parties = { newsroomId, request: keys.public, holder, holderStatic };
  const key = answerKey(crypto, [shared, agreed], { parties, ciphertext });
  const text = crypto.aeadOpen({
    key,
    nonce: ZERO_NONCE,
    text: sealed.subarray(KEM_CIPHERTEXT),
    ad: NO_AD,
  });
  for (const secret of [shared, agreed, key]) crypto.wipe(secret);
  return text === null ? null : parseWordShare(text);
};
