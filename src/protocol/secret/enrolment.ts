import { utf8 } from "../public/bytes.ts";
import type {
  IdentityPublicKey,
  NewsroomId,
  NewsroomPublicKey,
  StaticPublicKey,
} from "../public/crypto.ts";
import { derive, labelled } from "../public/labels.ts";
import { WORD_LIST } from "../public/words.ts";
import type { SecretCrypto } from "./crypto.ts";

/** Enrolment: the invite link's secret never reaches the server, and both sides compare eight words of it. docs/protocol.md §14. */

export const INVITE_SECRET_BYTES = 32;

/** What the server may know of the secret: shown once by the invitee, kept as `inviteTokenHash`. */
export const inviteToken = (crypto: SecretCrypto, secret: Uint8Array): Uint8Array =>
  derive(crypto, secret, { label: "invite-token", fields: [] });

export type Enrolment = {
  readonly newsroomId: NewsroomId;
  readonly newsroomKey: NewsroomPublicKey;
  readonly userName: string;
  readonly name: string;
  readonly identity: IdentityPublicKey;
  readonly static: StaticPublicKey;
};

const WORDS = 8;

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
  const bits = Array.from(
    crypto.blake2b((WORDS * 11) / 8, labelled("invite-words", fields), secret),
  )
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
  return Array.from({ length: WORDS }, (_, i) => {
    const index = Number.parseInt(bits.slice(i * 11, i * 11 + 11), 2);
    return WORD_LIST[index] ?? "";
  });
};
