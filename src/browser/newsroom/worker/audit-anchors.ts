import { type AuditAnchor, parseAuditAnchor } from "../../../protocol/public/audit-anchor.ts";
import { equal, hex } from "../../../protocol/public/bytes.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import { NO_PEAKS, rootOf } from "../../../protocol/public/log-tree.ts";
import { askTold, followLog } from "./witness/follow.ts";
import { LOG_RECORD, parseMemory } from "./witness/memory.ts";
import type { World } from "./world.ts";

/** The trail's heads as the key log holds them, one a day: the log is the story that this member's browsers follow. docs/protocol.md §18.5. */

/** What is no anchor of ours deceives nobody. */
const anchorIn = (leaf: Uint8Array): AuditAnchor | null => {
  try {
    return parseAuditAnchor(leaf);
  } catch (error) {
    if (!(error instanceof SealdropError)) throw error;
    return null;
  }
};

/** Null when this is not the log that the vault remembers; the desk says what is wrong with it. */
export const readAnchors = async (world: World): Promise<readonly AuditAnchor[] | null> => {
  const remembered = parseMemory(world.records.get(LOG_RECORD))?.peaks ?? NO_PEAKS;
  const { head } = await askTold(world);
  const anchors: AuditAnchor[] = [];
  const way = { from: NO_PEAKS, to: head, wanted: [remembered.size] };
  const followed = await followLog(world, way, (leaf) => {
    const anchor = anchorIn(leaf);
    if (anchor !== null) anchors.push(anchor);
  });
  const then = followed?.rootAt(remembered.size) ?? null;
  return then === null || !equal(then, rootOf(world.crypto, remembered)) ? null : anchors;
};

/** Ticks off the lines that anchors name; what is left names lines that are not there any more. */
export const createTicks = (anchors: readonly AuditAnchor[]) => {
  const left = new Map(anchors.map((anchor) => [hex(anchor.hash), anchor.day]));
  return {
    see: (hash: Uint8Array): void => {
      left.delete(hex(hash));
    },
    /** Days of the anchors that fit no line. */
    left: (): readonly number[] => [...new Set(left.values())].sort((a, b) => a - b),
  };
};
