import { concat, equal, readerOf, u8, u32 } from "./bytes.ts";
import type {
  HeaderHash,
  MailboxId,
  MessageId,
  NewsroomId,
  PublicCrypto,
  RosterHash,
} from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { hash } from "./labels.ts";
import {
  BODY_CLASSES,
  HASH,
  HEADER,
  ID,
  MAX_JOURNALISTS,
  SEALED_SUMMARY,
  SLOT,
  TAG,
} from "./limits.ts";

/** The envelope: one shape for tips and replies. docs/protocol.md §10. */
export type Header = {
  readonly newsroomId: NewsroomId;
  readonly mailboxId: MailboxId;
  /** Made by the sender: the idempotency key. */
  readonly messageId: MessageId;
  readonly rosterNumber: number;
  readonly rosterHash: RosterHash;
  readonly period: number;
  readonly bodyClass: number;
  readonly commitment: Uint8Array;
  readonly deleteTokenHash: Uint8Array;
  /** Last field: hash of sealed summary and sealed body. */
  readonly contentHash: Uint8Array;
};

const VERSION = 1;
const SUITE = 1;

/** Header without its last field: the associated data of summary and body. */
export const encodeHeaderStart = (header: Omit<Header, "contentHash">): Uint8Array =>
  concat([
    u8(VERSION),
    u8(SUITE),
    header.newsroomId,
    header.mailboxId,
    header.messageId,
    u32(header.rosterNumber),
    header.rosterHash,
    u32(header.period),
    u8(header.bodyClass),
    header.commitment,
    header.deleteTokenHash,
  ]);

export const encodeHeader = (header: Header): Uint8Array =>
  concat([encodeHeaderStart(header), header.contentHash]);

/** Exactly 203 bytes. Throws bad-structure. */
export const parseHeader = (bytes: Uint8Array): Header => {
  const reader = readerOf(bytes);
  if (reader.u8() !== VERSION || reader.u8() !== SUITE) throw new SealdropError("bad-structure");
  const newsroomId = reader.bytes(HASH) as NewsroomId;
  const mailboxId = reader.bytes(ID) as MailboxId;
  const messageId = reader.bytes(ID) as MessageId;
  const rosterNumber = reader.u32();
  const rosterHash = reader.bytes(HASH) as RosterHash;
  const period = reader.u32();
  const bodyClass = reader.u8();
  if (bodyClass >= BODY_CLASSES.length) throw new SealdropError("bad-structure");
  const commitment = reader.bytes(HASH);
  const deleteTokenHash = reader.bytes(HASH);
  const contentHash = reader.bytes(HASH);
  reader.end();
  return {
    newsroomId,
    mailboxId,
    messageId,
    rosterNumber,
    rosterHash,
    period,
    bodyClass,
    commitment,
    deleteTokenHash,
    contentHash,
  };
};

export const headerHash = (crypto: PublicCrypto, header: Uint8Array): HeaderHash =>
  hash(crypto, "header-hash", [header]) as HeaderHash;

/** What stands for a body where the body itself is not sent. */
export const bodyHash = (crypto: PublicCrypto, sealedBody: Uint8Array): Uint8Array =>
  crypto.blake2b(HASH, sealedBody);

export type Content = { readonly sealedSummary: Uint8Array; readonly bodyHash: Uint8Array };

/** The header's last field. */
export const contentHash = (crypto: PublicCrypto, content: Content): Uint8Array =>
  hash(crypto, "content-hash", [crypto.blake2b(HASH, content.sealedSummary), content.bodyHash]);

export const deleteTokenHash = (crypto: PublicCrypto, token: Uint8Array): Uint8Array =>
  hash(crypto, "delete-token-hash", [token]);

/** True when the token is the one whose hash the header carries. */
export const isDeleteToken = (
  crypto: PublicCrypto,
  token: Uint8Array,
  header: Pick<Header, "deleteTokenHash">,
): boolean => equal(deleteTokenHash(crypto, token), header.deleteTokenHash);

export const sealedBodyLength = (bodyClass: number): number => {
  const length = BODY_CLASSES[bodyClass];
  if (length === undefined) throw new SealdropError("bad-structure");
  return length + TAG;
};

/** A message as it travels: header, sealed summary, sealed body, then one slot a position. */
export type Message = {
  readonly header: Header;
  readonly headerBytes: Uint8Array;
  readonly sealedSummary: Uint8Array;
  readonly sealedBody: Uint8Array;
  /** Index is the position; 0 is the source's. */
  readonly slots: readonly Uint8Array[];
};

export const encodeMessage = (message: Omit<Message, "header">): Uint8Array =>
  concat([message.headerBytes, message.sealedSummary, message.sealedBody, ...message.slots]);

/**
 * Splits a message by the lengths its header fixes and checks the last field. Whether the slots are as many as the
 * roster wants is for the caller, who knows the roster. Throws bad-structure.
 */
export const parseMessage = (crypto: PublicCrypto, bytes: Uint8Array): Message => {
  const reader = readerOf(bytes);
  const headerBytes = reader.bytes(HEADER);
  const header = parseHeader(headerBytes);
  const sealedSummary = reader.bytes(SEALED_SUMMARY);
  const sealedBody = reader.bytes(sealedBodyLength(header.bodyClass));
  const slotsLength = reader.left();
  const count = slotsLength / SLOT;
  if (slotsLength % SLOT !== 0 || count < 1 || count > MAX_JOURNALISTS + 1) {
    throw new SealdropError("bad-structure");
  }
  const slots = Array.from({ length: count }, () => reader.bytes(SLOT));
  const content = { sealedSummary, bodyHash: bodyHash(crypto, sealedBody) };
  if (!equal(contentHash(crypto, content), header.contentHash)) {
    throw new SealdropError("bad-structure");
  }
  return { header, headerBytes, sealedSummary, sealedBody, slots };
};
