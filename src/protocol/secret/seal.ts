import { concat } from "../public/bytes.ts";
import type { HeaderHash, MessageId } from "../public/crypto.ts";
import {
  bodyHash,
  contentHash,
  deleteTokenHash,
  encodeHeaderStart,
  headerHash,
} from "../public/envelope.ts";
import { SealdropError } from "../public/errors.ts";
import type { MailboxKeys } from "../public/mailbox.ts";
import { mailboxIdOf, vouchOf } from "../public/mailbox.ts";
import type { Recipient } from "../public/messaging-key.ts";
import type { VerifiedRoster } from "../public/roster.ts";
import { type Body, bodyClassOf, encodeBody } from "./body.ts";
import { commitmentOf, deleteTokenOf, sealPart } from "./content.ts";
import type { ContentKey, SecretCrypto } from "./crypto.ts";
import { decoySlot, type SlotTarget, type StaticPair, sealSlot, throwawayKey } from "./slot.ts";
import { encodeSummary, firstLineOf } from "./summary.ts";

/** Sealing a message, a tip or a reply. docs/protocol.md §10. */
export type SealInput = {
  readonly roster: VerifiedRoster;
  /** Of `recipientsOf`: current members in order of position, with their keys of `period`. */
  readonly recipients: readonly Recipient[];
  readonly period: number;
  readonly mailbox: MailboxKeys;
  /** Made once by the sender and kept over retries. */
  readonly messageId: MessageId;
  /** Positions that shall be able to read. Whoever is not reachable now is left out. */
  readonly addressed: ReadonlySet<number>;
  /** Whether slot 0 is real: always in a reply; in a tip when the source wants to re-read it. */
  readonly sealToSource: boolean;
  readonly sender: StaticPair;
  readonly body: Pick<Body, "kind" | "answers" | "newest" | "text" | "files">;
};

export type SealedMessage = {
  /** Header, sealed summary, sealed body, slots. */
  readonly bytes: Uint8Array;
  readonly headerBytes: Uint8Array;
  readonly headerHash: HeaderHash;
  readonly contentKey: ContentKey;
  readonly deleteToken: Uint8Array;
  /** Positions that can really read it. */
  readonly readers: readonly number[];
};

/** Positions of the addressed that have a key now. */
export const reachable = (
  recipients: readonly Recipient[],
  addressed: ReadonlySet<number>,
): readonly number[] =>
  recipients
    .filter(({ entry, messaging }) => messaging !== null && addressed.has(entry.position))
    .map(({ entry }) => entry.position);

type Slots = {
  readonly input: SealInput;
  readonly headerBytes: Uint8Array;
  readonly contentKey: ContentKey;
  readonly readers: readonly number[];
};

const sourceSlot = (crypto: SecretCrypto, slots: Slots): Uint8Array => {
  const { mailbox, sealToSource } = slots.input;
  if (!sealToSource) return decoySlot(crypto, mailbox.reply);
  const target: SlotTarget = {
    headerBytes: slots.headerBytes,
    position: 0,
    identity: mailbox.mailbox,
    static: mailbox.static,
    messaging: mailbox.reply,
  };
  return sealSlot(crypto, target, { contentKey: slots.contentKey, sender: slots.input.sender });
};

const memberSlot = (crypto: SecretCrypto, slots: Slots, recipient: Recipient): Uint8Array => {
  const { entry, messaging } = recipient;
  if (messaging === null) return decoySlot(crypto, throwawayKey(crypto));
  if (!slots.readers.includes(entry.position)) return decoySlot(crypto, messaging);
  const target: SlotTarget = {
    headerBytes: slots.headerBytes,
    position: entry.position,
    identity: entry.identity,
    static: entry.static,
    messaging,
  };
  return sealSlot(crypto, target, { contentKey: slots.contentKey, sender: slots.input.sender });
};

/** Throws message-too-long; no-reader when none of the addressed can be reached. */
export const sealMessage = (crypto: SecretCrypto, input: SealInput): SealedMessage => {
  const { roster, mailbox, body } = input;
  const readers = reachable(input.recipients, input.addressed);
  if (readers.length === 0) throw new SealdropError("no-reader");
  const contentKey = crypto.random(32) as ContentKey;
  const deleteToken = deleteTokenOf(crypto, contentKey);
  const vouch = vouchOf(crypto, mailbox);
  const padded = encodeBody({ ...body, source: mailbox, readers });
  const headerStart = encodeHeaderStart({
    newsroomId: roster.newsroomId,
    mailboxId: mailboxIdOf(crypto, roster.newsroomId, vouch),
    messageId: input.messageId,
    rosterNumber: roster.number,
    rosterHash: roster.hash,
    period: input.period,
    bodyClass: bodyClassOf(padded.length),
    commitment: commitmentOf(crypto, contentKey),
    deleteTokenHash: deleteTokenHash(crypto, deleteToken),
  });
  const summary = encodeSummary({
    source: vouch,
    // A share's text is names, not words of anybody.
    firstLine: body.kind === "share" ? "" : firstLineOf(body.text),
    fileCount: body.files.length,
  });
  const under = { contentKey, headerStart };
  const sealedSummary = sealPart(crypto, under, { label: "summary", text: summary });
  const sealedBody = sealPart(crypto, under, { label: "body", text: padded });
  const content = { sealedSummary, bodyHash: bodyHash(crypto, sealedBody) };
  const headerBytes = concat([headerStart, contentHash(crypto, content)]);
  const slots: Slots = { input, headerBytes, contentKey, readers };
  const bytes = concat([
    headerBytes,
    sealedSummary,
    sealedBody,
    sourceSlot(crypto, slots),
    ...input.recipients.map((recipient) => memberSlot(crypto, slots, recipient)),
  ]);
  crypto.wipe(padded);
  crypto.wipe(summary);
  const sealedHash = headerHash(crypto, headerBytes);
  return { bytes, headerBytes, headerHash: sealedHash, contentKey, deleteToken, readers };
};
