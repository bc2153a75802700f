import { concat, u8 } from "./bytes.ts";
import type { PublicCrypto } from "./crypto.ts";

/** The tree over all statements: RFC 6962 §2.1 hashing, and where its complete subtrees lie. docs/protocol.md §16.1. */

type Sha256 = Pick<PublicCrypto, "sha256">;

/** A leaf can never be taken for a node: that prefix is what stops a second tree with the same root. */
export const leafHash = (crypto: Sha256, leaf: Uint8Array): Uint8Array =>
  crypto.sha256(concat([u8(0), leaf]));

export const nodeHash = (crypto: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array =>
  crypto.sha256(concat([u8(1), left, right]));

/** A complete subtree: over 2^level leaves, the index-th of its level. Its hash never changes once it is there. */
export type NodePlace = { readonly level: number; readonly index: number };
export type TreeNode = NodePlace & { readonly hash: Uint8Array };

/** Leaves from `start` to before `end`. */
export type Span = { readonly start: number; readonly end: number };

/** Exact up to 2^53; shifts would end at 2^31. */
const half = (value: number): number => (value - (value % 2)) / 2;

/**
 * The complete subtrees that make up a span, left to right, largest first. The span must begin where a subtree of its largest
 * one's size may begin, as all spans of a tree do.
 */
export const coverOf = ({ start, end }: Span): readonly NodePlace[] => {
  const places: NodePlace[] = [];
  let length = 1;
  let level = 0;
  while (length * 2 <= end - start) {
    length *= 2;
    level += 1;
  }
  for (let at = start; at < end; level -= 1, length = half(length)) {
    if (length > end - at) continue;
    places.push({ level, index: at / length });
    at += length;
  }
  return places;
};

/** The hash of a span from those of its cover: the last two are joined first. */
export const foldCover = (crypto: Sha256, hashes: readonly Uint8Array[]): Uint8Array =>
  hashes.length === 0
    ? crypto.sha256(new Uint8Array(0))
    : hashes.reduceRight((right, left) => nodeHash(crypto, left, right));

/** A tree as whoever adds to it needs it: its size and the hashes of its complete subtrees, largest first. */
export type Peaks = { readonly size: number; readonly hashes: readonly Uint8Array[] };

export const NO_PEAKS: Peaks = { size: 0, hashes: [] };

export const rootOf = (crypto: Sha256, peaks: Peaks): Uint8Array => foldCover(crypto, peaks.hashes);

export type Grown = { readonly peaks: Peaks; readonly nodes: readonly TreeNode[] };

/** One leaf more; `nodes` are the subtrees that are complete now and were not before. */
export const grow = (crypto: Sha256, peaks: Peaks, leaf: Uint8Array): Grown => {
  const hashes = [...peaks.hashes];
  let node: TreeNode = { level: 0, index: peaks.size, hash: leaf };
  const nodes = [node];
  while (node.index % 2 === 1) {
    const left = hashes.pop() ?? new Uint8Array(0);
    node = {
      level: node.level + 1,
      index: half(node.index),
      hash: nodeHash(crypto, left, node.hash),
    };
    nodes.push(node);
  }
  hashes.push(node.hash);
  return { peaks: { size: peaks.size + 1, hashes }, nodes };
};
