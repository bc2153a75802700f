import { hex } from "../../src/protocol/public/bytes.ts";
import {
  consistencySpans,
  type Head,
  inclusionSpans,
  type Proof,
  proofOf,
} from "../../src/protocol/public/log-proof.ts";
import { grow, leafHash, NO_PEAKS, rootOf } from "../../src/protocol/public/log-tree.ts";
import type { World } from "./world.ts";

/** Leaves and all that can be proved of them. */
export const plantLog = ({ crypto }: World, leaves: readonly Uint8Array[]) => {
  const nodes = new Map<string, Uint8Array>();
  const heads: Head[] = [];
  let peaks = NO_PEAKS;
  const headNow = (): Head => ({ size: peaks.size, root: rootOf(crypto, peaks) });
  for (const leaf of leaves) {
    heads.push(headNow());
    const grown = grow(crypto, peaks, leafHash(crypto, leaf));
    for (const { level, index, hash } of grown.nodes) nodes.set(`${level}/${index}`, hash);
    peaks = grown.peaks;
  }
  heads.push(headNow());
  const get = ({ level, index }: { level: number; index: number }): Uint8Array =>
    nodes.get(`${level}/${index}`) ?? new Uint8Array(0);
  const head = (size: number): Head => heads[size] ?? headNow();
  return {
    head,
    inclusion: (index: number, size: number): Proof =>
      proofOf(crypto, inclusionSpans(index, size), get),
    consistency: (from: number, to: number): Proof =>
      proofOf(crypto, consistencySpans(from, to), get),
  };
};

export type Tree = ReturnType<typeof plantLog>;

export const shownHead = ({ size, root }: Head, prefix = "") => ({
  [`${prefix}size`]: size,
  [`${prefix}root`]: hex(root),
});
