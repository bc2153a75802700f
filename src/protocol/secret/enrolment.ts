import { utf8 } from "../public/bytes.ts";
import type {
  IdentityPublicKey,
  NewsroomId,
  NewsroomPublicKey,
  StaticPublicKey,
} from "../public/crypto.ts";
import { derive, labelled } from "../public/labels.ts";
import { compareWords } from "../public/words.ts";
import type { SecretCrypto } from "./crypto.ts";

/** Enrolment: the invite link's secret never reaches the server, and both sides compare eight words of it. docs/protocol.md §14. */

export const INVITE_SECRET_BYTES = 32;

/** What the server may know of the secret: shown once by the invitee, kept as `inviteTokenHash`. */
export const inviteToken = (crypto: SecretCrypto, secret: Uint8Array): Uint8Array =>
  derive(crypto, secret, { label: "invite-token", fields: [] });

/** The same for a link that sets a colleague's second factor anew. docs/protocol.md §13.8. */
export const factorResetToken = (crypto: SecretCrypto, secret: Uint8Array): Uint8Array =>
  derive(crypto, secret, { label: "factor-reset-token", fields: [] });

export type Enrolment = {
  readonly newsroomId: NewsroomId;
  readonly newsroomKey: NewsroomPublicKey;
  readonly userName: string;
  readonly name: string;
  readonly identity: IdentityPublicKey;
  readonly static: StaticPublicKey;
};

const WORD_BYTES = 11;

/** Eight words, 88 bits: equal on both sides only when both see the same person and newsroom. */
export const inviteWords = (
  crypto: SecretCrypto,
  secret: Uint8Array,
  enrolment: Enrolment,
): readonly string[] => {
  const fields = [
    enrolment.newsroomId,
    enrolment.newsroomKey,
    utf8(enrolment.userName),
    utf8(enrolment.name),
    enrolment.identity,
    enrolment.static,
  ];
  return compareWords(crypto.blake2b(WORD_BYTES, labelled("invite-words", fields), secret));
};
