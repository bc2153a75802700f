import { concat, readerOf, u8, u32 } from "../../../../protocol/public/bytes.ts";
import type { World } from "../world.ts";

/**
 * Which messages were read, as runs of arrival numbers in a vault record of its own. Arrival numbers are the server's word: lying about
 * them changes what stands out as unread, nothing else. Where there are more runs than a record holds, the oldest count as read.
 */

export type Run = readonly [from: number, to: number];

const RECORD = "seen";
const MOST_RUNS = 8_000;

export const encodeRuns = (runs: readonly Run[]): Uint8Array =>
  concat([u8(1), ...runs.flatMap(([from, to]) => [u32(from), u32(to)])]);

export const parseRuns = (bytes: Uint8Array | null): readonly Run[] => {
  if (bytes === null) return [];
  const reader = readerOf(bytes);
  if (reader.u8() !== 1) return [];
  const runs: Run[] = [];
  while (reader.left() >= 8) runs.push([reader.u32(), reader.u32()]);
  return runs;
};

/** Overlapping and touching runs become one; ascending. */
export const joined = (runs: readonly Run[]): readonly Run[] => {
  const out: [number, number][] = [];
  for (const [from, to] of [...runs].sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
};

export const holds = (runs: readonly Run[], arrival: number): boolean => {
  let low = 0;
  let high = runs.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [from, to] = runs[middle] ?? [0, 0];
    if (arrival < from) high = middle - 1;
    else if (arrival > to) low = middle + 1;
    else return true;
  }
  return false;
};

/** Two runs with nothing unread between them become one. `unread`: ascending, and complete. */
export const closed = (runs: readonly Run[], unread: readonly number[]): readonly Run[] => {
  const out: [number, number][] = [];
  let next = 0;
  for (const [from, to] of runs) {
    while ((unread[next] ?? Number.POSITIVE_INFINITY) < from) next++;
    const last = out.at(-1);
    const between = unread[next - 1] ?? -1;
    if (last !== undefined && between < last[1]) last[1] = to;
    else out.push([from, to]);
  }
  return out;
};

const fitting = (runs: readonly Run[]): readonly Run[] => {
  if (runs.length <= MOST_RUNS) return runs;
  const cut = runs.length - MOST_RUNS;
  return [[0, runs[cut]?.[1] ?? 0], ...runs.slice(cut + 1)];
};

export type Seen = {
  has(arrival: number): boolean;
  mark(arrivals: readonly number[]): void;
  /** Writes what is new to the vault. `unread` is null while not everything has been read. */
  save(unread: readonly number[] | null): Promise<void>;
};

export const createSeen = (world: World): Seen => {
  let runs = joined(parseRuns(world.records.get(RECORD)));
  let changed = false;
  return {
    has: (arrival) => holds(runs, arrival),
    mark: (arrivals) => {
      const fresh = arrivals.filter((arrival) => !holds(runs, arrival));
      if (fresh.length === 0) return;
      runs = joined([...runs, ...fresh.map((arrival): Run => [arrival, arrival])]);
      changed = true;
    },
    save: async (unread) => {
      if (!changed) return;
      changed = false;
      try {
        await world.records.change((records) => {
          // Another window may have read other messages meanwhile: what either has seen is seen.
          const both = joined([...parseRuns(records.get(RECORD) ?? null), ...runs]);
          runs = fitting(unread === null ? both : closed(both, unread));
          return { put: new Map([[RECORD, encodeRuns(runs)]]) };
        });
      } catch (error) {
        changed = true;
        throw error;
      }
    },
  };
};
