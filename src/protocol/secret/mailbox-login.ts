import type { NewsroomId } from "../public/crypto.ts";
import { SealdropError } from "../public/errors.ts";
import {
  type Challenge,
  type ChallengeAnswer,
  loginMac,
  mailboxKeysHash,
  vouchOf,
} from "../public/mailbox.ts";
import type { SourceKeys } from "./codename.ts";
import type { SecretCrypto } from "./crypto.ts";

export type LoginAs = { readonly newsroomId: NewsroomId; readonly source: SourceKeys };

/** Proves the mailbox to the server that made the challenge, and to nobody else. docs/protocol.md §9.3. Throws wrong-answer for a low-order challenge. */
export const answerChallenge = (
  crypto: SecretCrypto,
  challenge: Challenge,
  { newsroomId, source }: LoginAs,
): ChallengeAnswer => {
  const shared = crypto.x25519(source.mailboxPrivate, challenge.serverKey);
  if (shared === null) throw new SealdropError("wrong-answer");
  const { nonce, expires } = challenge;
  const mac = loginMac(crypto, shared, { newsroomId, mailboxId: source.id, nonce, expires });
  crypto.wipe(shared);
  const keysHash = mailboxKeysHash(crypto, vouchOf(crypto, source));
  return { nonce, expires, mailbox: source.mailbox, keysHash, mac };
};
