import { hex } from "../../../../protocol/public/bytes.ts";
import { NO_PEAKS, type Peaks, rootOf } from "../../../../protocol/public/log-tree.ts";
import type { Session } from "../session.ts";
import type { World } from "../world.ts";
import type { Now } from "./colleagues.ts";
import { followLog, isBeginning, type Told } from "./follow.ts";
import { createLeafReader, type LeavesRead } from "./leaves.ts";
import type { Mark, Memory } from "./memory.ts";

/** Whether the log told now is the one remembered, continued. docs/protocol.md §16.6. */

/** Of the vault, and of this browser's own storage. */
export type Remembered = { readonly memory: Memory | null; readonly mark: Mark | null };

export const NOTHING: Remembered = { memory: null, mark: null };

/** The larger of the two remembered trees is gone on with when the vault's is not of the same story. */
const sizesOf = ({ memory, mark }: Remembered): readonly number[] =>
  [memory?.peaks, mark?.peaks].flatMap((peaks) => (peaks === undefined ? [] : [peaks.size]));

const headOf = (world: World, peaks: Peaks) => ({
  size: peaks.size,
  root: rootOf(world.crypto, peaks),
});

const isSmaller = (told: Told, known: Remembered): boolean =>
  sizesOf(known).some((size) => size > told.head.size);

const isOwnStory = async (world: World, now: Now, { mark }: Remembered): Promise<boolean> =>
  mark === null || isBeginning(world, headOf(world, mark.peaks), now);

export const eachOnce = (hashes: readonly Uint8Array[]): readonly Uint8Array[] => [
  ...new Map(hashes.map((one) => [hex(one), one])).values(),
];

/** Leaf hashes of the *restored* statements that either has accepted or passed. */
export const restoredIn = ({ memory, mark }: Remembered): readonly Uint8Array[] =>
  eachOnce([...(memory?.restored ?? []), ...(mark?.restored ?? [])]);

export type Story = { readonly told: Told; readonly now: Now; readonly read: LeavesRead };

/** The log gone through from what is remembered; the word says how it is not that story continued. */
export const readStory = async (
  session: Session,
  told: Told,
  known: Remembered,
): Promise<Story | "shrunk" | "fork"> => {
  if (isSmaller(told, known)) return "shrunk";
  const { world, chain } = session.opened();
  const reader = createLeafReader(world, chain.keys());
  const from = known.memory?.peaks ?? NO_PEAKS;
  const way = { from, to: told.head, wanted: sizesOf(known) };
  const followed = await followLog(world, way, reader.read);
  if (followed === null) return "fork";
  const now: Now = { head: told.head, followed };
  if (!(await isOwnStory(world, now, known))) return "fork";
  return { told, now, read: await reader.done() };
};
