import { equal } from "./bytes.ts";
import type { PublicCrypto } from "./crypto.ts";
import { coverOf, foldCover, type NodePlace, nodeHash, type Span } from "./log-tree.ts";

/** Proofs over the tree: that a leaf is in it, and that an older tree is its beginning. docs/protocol.md §16.2. */

type Sha256 = Pick<PublicCrypto, "sha256">;

export type Proof = readonly Uint8Array[];

/** Where RFC 6962 divides a span of more than one leaf: the largest power of two below its length. */
const splitOf = ({ start, end }: Span): number => {
  let length = 1;
  while (length * 2 < end - start) length *= 2;
  return start + length;
};

/** The spans whose hashes prove that leaf `index` is in a tree of `size`, from the leaf up. */
export const inclusionSpans = (index: number, size: number): readonly Span[] => {
  const spans: Span[] = [];
  let span: Span = { start: 0, end: size };
  while (span.end - span.start > 1) {
    const middle = splitOf(span);
    const left = { start: span.start, end: middle };
    const right = { start: middle, end: span.end };
    const inLeft = index < middle;
    spans.push(inLeft ? right : left);
    span = inLeft ? left : right;
  }
  return spans.reverse();
};

/** The spans whose hashes prove that the tree of `from` leaves is the beginning of the one of `to`. */
export const consistencySpans = (from: number, to: number): readonly Span[] => {
  if (from === 0 || from === to) return [];
  const spans: Span[] = [];
  let span: Span = { start: 0, end: to };
  while (span.end !== from) {
    const middle = splitOf(span);
    const left = { start: span.start, end: middle };
    const right = { start: middle, end: span.end };
    const inLeft = from <= middle;
    spans.push(inLeft ? right : left);
    span = inLeft ? left : right;
  }
  // A verifier that holds the old root needs no hash for an old tree that is one complete subtree.
  if (span.start !== 0) spans.push(span);
  return spans.reverse();
};

/** Which stored hashes a proof is made of. */
export const placesOf = (spans: readonly Span[]): readonly NodePlace[] => spans.flatMap(coverOf);

export const proofOf = (
  crypto: Sha256,
  spans: readonly Span[],
  get: (place: NodePlace) => Uint8Array,
): Proof => spans.map((span) => foldCover(crypto, coverOf(span).map(get)));

const half = (value: number): number => (value - (value % 2)) / 2;

/** Two places of one level climb together: the one that is proven, and the last there is. */
type Climb = { at: number; last: number };

const rise = (climb: Climb): void => {
  climb.at = half(climb.at);
  climb.last = half(climb.last);
};

/** True when what comes next stands to the left; then levels without a partner are passed over. */
const comesLeft = (climb: Climb): boolean => {
  if (climb.at % 2 === 0 && climb.at !== climb.last) return false;
  while (climb.at % 2 === 0 && climb.at !== 0) rise(climb);
  return true;
};

export type Included = {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
};

/** RFC 9162 §2.1.3.2; `leaf` is the leaf's hash. */
export const isIncluded = (crypto: Sha256, claim: Included, proof: Proof): boolean => {
  if (claim.index >= claim.size) return false;
  const climb = { at: claim.index, last: claim.size - 1 };
  let hash = claim.leaf;
  for (const other of proof) {
    if (climb.last === 0) return false;
    hash = comesLeft(climb) ? nodeHash(crypto, other, hash) : nodeHash(crypto, hash, other);
    rise(climb);
  }
  return climb.last === 0 && equal(hash, claim.root);
};

export type Head = { readonly size: number; readonly root: Uint8Array };

type Pair = { readonly old: Uint8Array; readonly next: Uint8Array };

/** What the old and the new root must be by this proof; null when it is too short or too long. */
const rootsBy = (crypto: Sha256, [older, newer]: Heads, proof: Proof): Pair | null => {
  const climb = { at: older.size - 1, last: newer.size - 1 };
  while (climb.at % 2 === 1) rise(climb);
  // A complete old tree begins with its own root, which the proof leaves out.
  const [first, ...rest] = climb.at === 0 ? [older.root, ...proof] : proof;
  if (first === undefined) return null;
  let pair: Pair = { old: first, next: first };
  for (const other of rest) {
    if (climb.last === 0) return null;
    pair = comesLeft(climb)
      ? { old: nodeHash(crypto, other, pair.old), next: nodeHash(crypto, other, pair.next) }
      : { old: pair.old, next: nodeHash(crypto, pair.next, other) };
    rise(climb);
  }
  return climb.last === 0 ? pair : null;
};

type Heads = readonly [older: Head, newer: Head];

/** RFC 9162 §2.1.4.2. An empty tree is the beginning of every one. */
export const isConsistent = (crypto: Sha256, heads: Heads, proof: Proof): boolean => {
  const [older, newer] = heads;
  if (older.size > newer.size) return false;
  if (older.size === 0) return proof.length === 0;
  if (older.size === newer.size) return proof.length === 0 && equal(older.root, newer.root);
  const roots = rootsBy(crypto, heads, proof);
  return roots !== null && equal(roots.old, older.root) && equal(roots.next, newer.root);
};
