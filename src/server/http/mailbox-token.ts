import type { Request } from "express";
import { concat, readerOf, u32, utf8 } from "../../protocol/public/bytes.ts";
import type { MailboxId } from "../../protocol/public/crypto.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { ID, TOKEN_SECONDS } from "../../protocol/public/limits.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { readBearer } from "./input.ts";

/** What a source holds after its log-in: a mailbox id, a time and a keyed hash. No state, so it is good on every replica. */
export type MailboxTokens = {
  issue(mailboxId: MailboxId): Uint8Array;
  /** The mailbox of the request's token. Throws not-logged-in; ask before the body is read. */
  mailboxOf(request: Request): MailboxId;
};

const PURPOSE = "mailbox-token";
const HASH = 32;

export const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1_000);

export const createMailboxTokens = (secrets: Secrets, now: () => Date): MailboxTokens => {
  const labelled = (claim: Uint8Array): Uint8Array => concat([utf8(PURPOSE), claim]);

  const open = (token: Uint8Array): MailboxId | null => {
    if (token.length !== ID + 4 + HASH) return null;
    const claim = token.subarray(0, ID + 4);
    const hash = token.subarray(ID + 4);
    const accepted = secrets.hashes(PURPOSE, labelled(claim));
    if (!accepted.some((one) => secrets.equal(one, hash))) return null;
    const reader = readerOf(claim);
    const mailboxId = reader.bytes(ID) as MailboxId;
    return reader.u32() < secondsOf(now()) ? null : mailboxId;
  };

  return {
    issue: (mailboxId) => {
      const claim = concat([mailboxId, u32(secondsOf(now()) + TOKEN_SECONDS)]);
      return concat([claim, secrets.hash(PURPOSE, labelled(claim))]);
    },
    mailboxOf: (request) => {
      const token = readBearer(request);
      const mailboxId = token === null ? null : open(token);
      if (mailboxId === null) throw new SealdropError("not-logged-in");
      return mailboxId;
    },
  };
};
