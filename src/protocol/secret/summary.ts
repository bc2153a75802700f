import { concat, readerOf, sized, u16, utf8 } from "../public/bytes.ts";
import type { MailboxPublicKey, StaticPublicKey } from "../public/crypto.ts";
import { SealdropError } from "../public/errors.ts";
import { HASH, MAX_FILES, SUMMARY } from "../public/limits.ts";
import type { MailboxVouch } from "../public/mailbox.ts";

/** What an inbox row needs without the body. docs/protocol.md §10.2. */
export type Summary = {
  readonly source: MailboxVouch;
  readonly firstLine: string;
  readonly fileCount: number;
};

const ROOM_FOR_TEXT = SUMMARY - 32 - 32 - HASH - 2 - 4;

/** As many whole characters as fit. */
const cut = (text: string): Uint8Array => {
  let kept = "";
  let length = 0;
  for (const character of text) {
    length += utf8(character).length;
    if (length > ROOM_FOR_TEXT) break;
    kept += character;
  }
  return utf8(kept);
};

/** The first line that says something, in well-formed text. */
export const firstLineOf = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line.length > 0) ?? "";

export const encodeSummary = (summary: Summary): Uint8Array => {
  const start = concat([
    summary.source.mailbox,
    summary.source.static,
    summary.source.replyHash,
    u16(summary.fileCount),
    sized(cut(summary.firstLine)),
  ]);
  const padded = new Uint8Array(SUMMARY);
  padded.set(start);
  return padded;
};

/** Throws bad-structure. */
export const parseSummary = (padded: Uint8Array): Summary => {
  if (padded.length !== SUMMARY) throw new SealdropError("bad-structure");
  const reader = readerOf(padded);
  const mailbox = reader.bytes(32) as MailboxPublicKey;
  const staticKey = reader.bytes(32) as StaticPublicKey;
  const replyHash = reader.bytes(HASH);
  const fileCount = reader.u16();
  const firstLine = reader.text(ROOM_FOR_TEXT);
  const rest = reader.bytes(reader.left());
  if (fileCount > MAX_FILES || rest.some((byte) => byte !== 0)) {
    throw new SealdropError("bad-structure");
  }
  return { source: { mailbox, static: staticKey, replyHash }, firstLine, fileCount };
};
