import type { BlockRow } from "../../../../protocol/public/block.ts";
import { equal } from "../../../../protocol/public/bytes.ts";
import type { HistoryItem } from "../../../../protocol/secret/history.ts";
import { isStolen, type Origin } from "../../../../protocol/secret/origin.ts";
import type { World } from "../world.ts";
import type { Known } from "./known.ts";
import { ifWhole, knownOf, lookInside, readRow } from "./row.ts";
import type { Wrap } from "./try-row.ts";

/**
 * A message opened on a colleague's word. The content key proves itself by the header's commitment, and the mailbox id vouches for
 * the source's keys; under whose key it was written only the sharer says. docs/protocol.md §15.1.
 */
export type Word = {
  readonly item: HistoryItem;
  /** The sharer's member number. */
  readonly by: number;
};

export type TakenOver = { readonly known: Known; readonly wrap: Wrap };

/** The server has seen through which door it came: a sharer alone cannot pass an own reply off as the source's. */
const cameThrough = (row: BlockRow, writer: Origin): boolean =>
  (row.by === "source") === (writer.by === "source");

/** Null for what does not hold together, or was written under a stolen key. */
export const tryShared = (world: World, row: BlockRow, { item, by }: Word): TakenOver | null => {
  const read = readRow(world, row);
  if (read === null || !equal(read.hash, item.header)) return null;
  const { contentKey, senderStatic } = item;
  const found = { contentKey, senderStatic, day: item.day, sharedBy: by };
  const looked = ifWhole(() => lookInside(world, read, found), null);
  if (looked === null || isStolen(looked.writer) || !cameThrough(row, looked.writer)) return null;
  const { messageId } = read.header;
  const wrap = { messageId, item: { ...found, header: read.hash } };
  return { known: knownOf(read, item.day, looked.opened), wrap };
};
