import { concat, type Reader, readerOf, sized, u8, u16, u32 } from "./bytes.ts";
import type { HeaderHash, MailboxId, MessageId, PublicCrypto } from "./crypto.ts";
import { type Message, parseMessage } from "./envelope.ts";
import { SealdropError } from "./errors.ts";
import { HASH, ID, MAX_MESSAGE } from "./limits.ts";

/** Several conversations in one request, for whoever goes through all of them. docs/api.md. */

/** Of messages in one post, and of mailboxes in one question. */
export const MOST_AT_ONCE = 32;
export const MAX_MANY_POST = 2_097_152;
/** Bodies of all mailboxes asked for together. */
export const MAX_MANY_BODIES = 16_777_216;

const countOf = (reader: Reader): number => {
  const count = reader.u16();
  if (count === 0 || count > MOST_AT_ONCE) throw new SealdropError("bad-structure");
  return count;
};

/** `u16 n │ n × sized message`: without uploads. */
export const encodeManyPost = (messages: readonly Uint8Array[]): Uint8Array =>
  concat([u16(messages.length), ...messages.map(sized)]);

/** Throws bad-structure. */
export const parseManyPost = (crypto: PublicCrypto, bytes: Uint8Array): readonly Message[] => {
  const reader = readerOf(bytes);
  const messages = Array.from({ length: countOf(reader) }, () =>
    parseMessage(crypto, reader.sized(MAX_MESSAGE)),
  );
  reader.end();
  return messages;
};

/** Null: there is no such mailbox any more, and nothing was stored. */
export type Placed = { readonly headerHash: Uint8Array; readonly arrival: number } | null;

/** In the order of the post, `u8 1 │ header hash │ u32 arrival` each; `u8 0` and zeros where there is no such mailbox. */
export const encodePlaced = (all: readonly Placed[]): Uint8Array =>
  concat(
    all.flatMap((placed) => [
      u8(placed === null ? 0 : 1),
      placed?.headerHash ?? new Uint8Array(HASH),
      u32(placed?.arrival ?? 0),
    ]),
  );

/** Throws bad-structure for another number than was posted. */
export const parsePlaced = (bytes: Uint8Array, count: number): readonly Placed[] => {
  const reader = readerOf(bytes);
  const all = Array.from({ length: count }, () => {
    const there = reader.u8() === 1;
    const headerHash = reader.bytes(HASH) as HeaderHash;
    const arrival = reader.u32();
    return there ? { headerHash, arrival } : null;
  });
  reader.end();
  return all;
};

/** `u16 n │ n × mailbox id`. */
export const encodeMailboxes = (mailboxes: readonly Uint8Array[]): Uint8Array =>
  concat([u16(mailboxes.length), ...mailboxes]);

/** Throws bad-structure. */
export const parseMailboxes = (bytes: Uint8Array): readonly MailboxId[] => {
  const reader = readerOf(bytes);
  const mailboxes = Array.from({ length: countOf(reader) }, () => reader.bytes(ID) as MailboxId);
  reader.end();
  return mailboxes;
};

export type BodyOf = { readonly messageId: MessageId; readonly sealedBody: Uint8Array };

const MOST_SEALED = 1_048_592;

/** `u32 n │ n × (message id │ sized body)`, of all mailboxes asked for together. Throws bad-structure. */
export const parseManyBodies = (bytes: Uint8Array): readonly BodyOf[] => {
  const reader = readerOf(bytes);
  const count = reader.u32();
  if (count > bytes.length) throw new SealdropError("bad-structure");
  const bodies = Array.from({ length: count }, () => ({
    messageId: reader.bytes(ID) as MessageId,
    sealedBody: reader.sized(MOST_SEALED),
  }));
  reader.end();
  return bodies;
};
