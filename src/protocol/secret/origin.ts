import { equal } from "../public/bytes.ts";
import type { StaticPublicKey } from "../public/crypto.ts";
import { type Header, parseHeader } from "../public/envelope.ts";
import { SealdropError } from "../public/errors.ts";
import { type MailboxKeys, type MailboxVouch, mailboxIdOf, vouchOf } from "../public/mailbox.ts";
import type { Roster, RosterEntry } from "../public/roster.ts";
import type { SecretCrypto } from "./crypto.ts";

/** Who wrote a message, as far as its own keys prove it. docs/protocol.md §10.7. */
export type Origin =
  | { readonly by: "source" }
  | { readonly by: "journalist"; readonly entry: RosterEntry };

const broken = (): never => {
  throw new SealdropError("message-broken");
};

/** The keys a message names must be those its mailbox id vouches for. Throws message-broken. */
export const checkVouch = (crypto: SecretCrypto, header: Header, vouch: MailboxVouch): void => {
  if (!equal(mailboxIdOf(crypto, header.newsroomId, vouch), header.mailboxId)) broken();
};

/** The same for the full keys in a body. Throws message-broken. */
export const checkMailboxKeys = (
  crypto: SecretCrypto,
  headerBytes: Uint8Array,
  keys: MailboxKeys,
): void => checkVouch(crypto, parseHeader(headerBytes), vouchOf(crypto, keys));

export type Claim = {
  readonly headerBytes: Uint8Array;
  readonly vouch: MailboxVouch;
  readonly senderStatic: StaticPublicKey;
  /** The newest roster the reader holds: entries stay in it. */
  readonly roster: Roster;
};

/**
 * The sender's static key is the mailbox's own (a tip) or a journalist's of the roster (a reply); nobody else can write here.
 * Throws message-broken, also for every message under a stolen key.
 */
export const originOf = (crypto: SecretCrypto, claim: Claim): Origin => {
  checkVouch(crypto, parseHeader(claim.headerBytes), claim.vouch);
  if (equal(claim.senderStatic, claim.vouch.static)) return { by: "source" };
  const entry = claim.roster.entries.find((one) => equal(one.static, claim.senderStatic));
  if (entry === undefined || entry.state === "stolen") return broken();
  return { by: "journalist", entry };
};
