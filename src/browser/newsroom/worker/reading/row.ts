import type { BlockRow } from "../../../../protocol/public/block.ts";
import { equal, hex } from "../../../../protocol/public/bytes.ts";
import type { HeaderHash } from "../../../../protocol/public/crypto.ts";
import {
  type Header,
  headerHash,
  parseHeader,
  sealedBodyLength,
} from "../../../../protocol/public/envelope.ts";
import { SealdropError } from "../../../../protocol/public/errors.ts";
import { storedDay } from "../../../../protocol/public/time.ts";
import type { Archived } from "../../../../protocol/secret/archive.ts";
import { openSummary } from "../../../../protocol/secret/content.ts";
import { findWriter, isStolen, type Origin } from "../../../../protocol/secret/origin.ts";
import { codeOf } from "../../../kit/code-error.ts";
import type { World } from "../world.ts";
import type { Known, Listed, Opened } from "./known.ts";

/** One row of a block, and what its content key makes of it: the same whether that came in a slot, a wrap or a colleague's letter. */
export type Row = {
  readonly header: Header;
  readonly row: BlockRow;
  readonly listed: Listed;
  readonly hash: HeaderHash;
};

const NOTHING_SAID = { firstLine: "", fileCount: 0 };

const isBroken = (error: unknown): boolean =>
  codeOf(error) === "message-broken" || codeOf(error) === "bad-structure";

/** What is broken gives the other value; anything else is thrown. */
export const ifWhole = <Value>(attempt: () => Value, otherwise: Value): Value => {
  try {
    return attempt();
  } catch (error) {
    if (!isBroken(error)) throw error;
    return otherwise;
  }
};

/** Null for what is no message of this newsroom. */
export const readRow = ({ crypto, newsroomId }: World, row: BlockRow): Row | null => {
  const header = ifWhole(() => parseHeader(row.header), null);
  if (header === null || !equal(header.newsroomId, newsroomId)) return null;
  const mailbox = hex(header.mailboxId);
  const hash = headerHash(crypto, row.header);
  const bodyBytes = sealedBodyLength(header.bodyClass);
  const key = `${mailbox}-${hex(header.messageId)}`;
  const { arrival } = row;
  return { row, header, hash, listed: { key, mailbox, arrival, hash: hex(hash), bodyBytes } };
};

export type Looked = { readonly opened: Opened; readonly writer: Origin };

/** Opens the summary and asks whose it is. Throws message-broken. */
export const lookInside = (world: World, { row }: Row, found: Archived): Looked => {
  const { crypto, roster } = world;
  const { contentKey, senderStatic, sharedBy } = found;
  const summary = openSummary(crypto, { contentKey, headerBytes: row.header }, row);
  const claim = { headerBytes: row.header, vouch: summary.source, senderStatic };
  const writer = findWriter(crypto, { ...claim, roster });
  // A co-reader knows the mailbox's keys: what is neither the source's nor a journalist's shows no line of its own.
  if (writer === null) throw new SealdropError("message-broken");
  const { firstLine, fileCount } = isStolen(writer) ? NOTHING_SAID : summary;
  return { opened: { contentKey, senderStatic, firstLine, fileCount, sharedBy }, writer };
};

/** `opened` null: for this reader, but broken. */
export const knownOf = (read: Row, day: number, opened: Opened | null): Known => {
  const { header, row, listed } = read;
  return {
    ...listed,
    messageId: header.messageId,
    day: storedDay(day),
    period: header.period,
    rosterNumber: header.rosterNumber,
    rosterHash: header.rosterHash,
    headerBytes: row.header,
    headerHash: read.hash,
    sealedSummary: row.sealedSummary,
    opened,
  };
};
