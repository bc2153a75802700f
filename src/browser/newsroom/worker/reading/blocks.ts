import { type Block, type BlockRow, parseBlock } from "../../../../protocol/public/block.ts";
import { SealdropError } from "../../../../protocol/public/errors.ts";
import type { World } from "../world.ts";
import { insist, type Line } from "./clock.ts";

/** Fetches all messages, newest first, to the end, at one pace whatever is found. docs/protocol.md §12.1. */

const PACE_MS = 50;

const lowest = (rows: readonly BlockRow[]): number =>
  rows.reduce((least, row) => Math.min(least, row.arrival), Number.POSITIVE_INFINITY);

const highest = (rows: readonly BlockRow[]): number =>
  rows.reduce((most, row) => Math.max(most, row.arrival), 0);

export type Blocks = {
  /** Every block from the newest to the oldest. */
  readAll(take: (rows: readonly BlockRow[]) => void): Promise<void>;
  /** The rows that arrived there, with others around them: whole blocks, as ever. */
  readAt(
    arrivals: readonly number[],
    take: (rows: readonly BlockRow[]) => Promise<void>,
  ): Promise<void>;
  /** What has arrived since; newest first. */
  readNew(take: (rows: readonly BlockRow[]) => void): Promise<void>;
};

export const createBlocks = (world: World, line: Line): Blocks => {
  let newest = 0;

  const fetchBlock = async (path: string): Promise<Block> =>
    parseBlock(await world.api.bytes(path, { background: true }));

  return {
    readAll: async (take) => {
      let before = 0;
      for (;;) {
        const started = line.clock.now();
        const block = await insist(line, () => fetchBlock(`/api/messages/block?before=${before}`));
        newest = Math.max(newest, highest(block.rows));
        take(block.rows);
        if (!block.more || block.rows.length === 0) return;
        const next = lowest(block.rows);
        // A server that sends the same block for ever would keep this client busy for ever.
        if (before !== 0 && next >= before) throw new SealdropError("bad-structure");
        before = next;
        await line.clock.sleep(Math.max(0, PACE_MS - (line.clock.now() - started)));
      }
    },
    readAt: async (arrivals, take) => {
      let wanted = [...arrivals].sort((a, b) => b - a);
      for (;;) {
        const [newestWanted] = wanted;
        if (newestWanted === undefined) return;
        const path = `/api/messages/block?before=${newestWanted + 1}`;
        const { rows } = await insist(line, () => fetchBlock(path));
        await take(rows);
        // What is gone meanwhile is passed over: each round ends lower than it began.
        const end = Math.min(lowest(rows), newestWanted);
        wanted = wanted.filter((arrival) => arrival < end);
      }
    },
    readNew: async (take) => {
      const known = newest;
      let path = `/api/messages/after?arrival=${known}`;
      for (;;) {
        const block = await fetchBlock(path);
        const fresh = block.rows.filter((row) => row.arrival > known);
        take(fresh);
        newest = Math.max(newest, highest(fresh));
        // Newest first here too: what lies between is asked for from above.
        if (!block.more || fresh.length === 0 || fresh.length < block.rows.length) return;
        path = `/api/messages/block?before=${lowest(fresh)}`;
      }
    },
  };
};
