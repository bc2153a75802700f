import { concat, readerOf, u8, u16, u32 } from "../public/bytes.ts";
import type { MailboxId } from "../public/crypto.ts";
import { SealdropError } from "../public/errors.ts";
import { ID } from "../public/limits.ts";
import { LAST_DAY } from "../public/time.ts";

/** What a letter about *handover* says: what its writer alone, of those on the list, could read on that day. docs/protocol.md §15.2. */
export type HandoverReport = {
  readonly day: number;
  readonly conversations: number;
  readonly messages: number;
  /** As many of them as one report names, newest first. */
  readonly mailboxes: readonly MailboxId[];
};

/** So many fit into a vault record with room to spare. */
export const MAX_HANDOVER = 2_000;

/** `u8 1 │ u32 day │ u32 conversations │ u32 messages │ u16 n │ n × mailbox id`. Throws too-large. */
export const encodeHandover = (report: HandoverReport): Uint8Array => {
  const { day, conversations, messages, mailboxes } = report;
  if (mailboxes.length > MAX_HANDOVER) throw new SealdropError("too-large");
  const start = [u8(1), u32(day), u32(conversations), u32(messages), u16(mailboxes.length)];
  return concat([...start, ...mailboxes]);
};

/** Throws bad-structure, also for more mailboxes than conversations, or fewer messages. */
export const parseHandover = (bytes: Uint8Array): HandoverReport => {
  const reader = readerOf(bytes);
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const [day, conversations, messages] = [reader.u32(), reader.u32(), reader.u32()];
  const count = reader.u16();
  if (count > MAX_HANDOVER || count > conversations || conversations > messages || day > LAST_DAY) {
    throw new SealdropError("bad-structure");
  }
  const mailboxes = Array.from({ length: count }, () => reader.bytes(ID) as MailboxId);
  reader.end();
  return { day, conversations, messages, mailboxes };
};
