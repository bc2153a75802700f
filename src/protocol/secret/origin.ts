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
 * Whose key wrote it: the mailbox's own (a tip) or that of an entry of the roster, whatever became of it (a reply). Null for
 * anybody else's. Throws message-broken when the mailbox id does not vouch for the keys named.
 */
export const findWriter = (crypto: SecretCrypto, claim: Claim): Origin | null => {
  checkVouch(crypto, parseHeader(claim.headerBytes), claim.vouch);
  if (equal(claim.senderStatic, claim.vouch.static)) return { by: "source" };
  const entry = claim.roster.entries.find((one) => equal(one.static, claim.senderStatic));
  return entry === undefined ? null : { by: "journalist", entry };
};

export const isStolen = (origin: Origin): boolean =>
  origin.by === "journalist" && origin.entry.state === "stolen";

/** Throws message-broken, for nobody's key and for every message under a stolen one: nobody else can write here. */
export const originOf = (crypto: SecretCrypto, claim: Claim): Origin => {
  const origin = findWriter(crypto, claim);
  return origin === null || isStolen(origin) ? broken() : origin;
};
