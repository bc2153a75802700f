import { equal } from "../../../../protocol/public/bytes.ts";
import { SealdropError } from "../../../../protocol/public/errors.ts";
import { logNameOf, openCheckpoint } from "../../../../protocol/public/log-checkpoint.ts";
import {
  type Evidence,
  isProven,
  parseEvidence,
  parseLeaves,
  parseProof,
} from "../../../../protocol/public/log-evidence.ts";
import { type Head, isConsistent } from "../../../../protocol/public/log-proof.ts";
import { grow, leafHash, type Peaks, rootOf } from "../../../../protocol/public/log-tree.ts";
import type { World } from "../world.ts";

/** Following the log: what the server says of it now, and every leaf since the last time. docs/protocol.md §16.6. */

const background = { background: true } as const;

/** Evidence whose checkpoint is signed by the key it names itself; whether that is the right one is asked elsewhere. */
export type Told = { readonly evidence: Evidence; readonly head: Head };

/** Throws bad-structure, bad-signature. */
export const readTold = (world: World, bytes: Uint8Array): Told => {
  const evidence = parseEvidence(bytes);
  const log = { name: logNameOf(world.newsroomId), key: evidence.logKey };
  const head = openCheckpoint(world.crypto, evidence.checkpoint, log);
  if (!isProven(world.crypto, evidence, head)) throw new SealdropError("bad-structure");
  return { evidence, head };
};

export const askTold = async (world: World): Promise<Told> =>
  readTold(world, await world.api.bytes("/api/log/evidence", background));

export type ReadLeaf = (leaf: Uint8Array) => void;

/** Sizes whose roots are wanted on the way. */
export type Followed = { readonly peaks: Peaks; rootAt(size: number): Uint8Array | null };

export type Way = { readonly from: Peaks; readonly to: Head; readonly wanted: readonly number[] };

/**
 * Reads every leaf from the remembered tree on and grows that tree with it. That its root is then the signed one proves both
 * that the old tree is the beginning of the new one and that no leaf was kept back. Null when it is not.
 */
export const followLog = async (
  world: World,
  { from, to, wanted }: Way,
  read: ReadLeaf,
): Promise<Followed | null> => {
  const { crypto, api } = world;
  const roots = new Map<number, Uint8Array>([[from.size, rootOf(crypto, from)]]);
  const asked = new Set(wanted);
  let peaks = from;
  while (peaks.size < to.size) {
    const page = parseLeaves(await api.bytes(`/api/log/entries?from=${peaks.size}`, background));
    const leaves = page.slice(0, to.size - peaks.size);
    if (leaves.length === 0) return null;
    for (const leaf of leaves) {
      peaks = grow(crypto, peaks, leafHash(crypto, leaf)).peaks;
      if (asked.has(peaks.size)) roots.set(peaks.size, rootOf(crypto, peaks));
      read(leaf);
    }
  }
  if (!equal(rootOf(crypto, peaks), to.root)) return null;
  return { peaks, rootAt: (size) => roots.get(size) ?? null };
};

/** Whether an older tree that somebody has seen is the beginning of this one: by what was read, else by a proof. */
export const isBeginning = async (
  world: World,
  older: Head,
  now: { readonly head: Head; readonly followed: Followed },
): Promise<boolean> => {
  if (older.size > now.head.size) return false;
  const known = older.size === now.head.size ? now.head.root : now.followed.rootAt(older.size);
  if (known !== null) return equal(known, older.root);
  const path = `/api/log/consistency?from=${older.size}&to=${now.head.size}`;
  const proof = parseProof(await world.api.bytes(path, background));
  return isConsistent(world.crypto, [older, now.head], proof);
};
