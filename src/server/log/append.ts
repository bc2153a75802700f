import { hex } from "../../protocol/public/bytes.ts";
import { grow, leafHash, type TreeNode } from "../../protocol/public/log-tree.ts";
import type { AppendLeaves } from "../database/append-leaves.ts";
import { bytes, type Transaction } from "../database/database.ts";
import type { World } from "../http/world.ts";
import { claimPlaces, readPeaks, storeNodes } from "./tree.ts";

type NewLeaf = { readonly bytes: Uint8Array; readonly hash: Uint8Array };

const distinct = (leaves: readonly NewLeaf[]): readonly NewLeaf[] => [
  ...new Map(leaves.map((leaf) => [hex(leaf.hash), leaf])).values(),
];

const unknownOf = async (
  tx: Transaction,
  leaves: readonly NewLeaf[],
): Promise<readonly NewLeaf[]> => {
  const rows = await tx.logLeaf.findMany({
    where: { hash: { in: leaves.map(({ hash }) => bytes(hash)) } },
    select: { hash: true },
  });
  const known = new Set(rows.map(({ hash }) => hex(hash)));
  return leaves.filter(({ hash }) => !known.has(hex(hash)));
};

export const createAppend = ({ crypto }: Pick<World, "crypto">): AppendLeaves => {
  return async (tx, given) => {
    // Adding nothing takes the lock: what another has added meanwhile is committed before it is looked for.
    await claimPlaces(tx, 0);
    const all = given.map((leaf) => ({ bytes: leaf, hash: leafHash(crypto, leaf) }));
    const fresh = await unknownOf(tx, distinct(all));
    if (fresh.length === 0) return;
    const size = await claimPlaces(tx, fresh.length);
    let peaks = await readPeaks(tx, size);
    const nodes: TreeNode[] = [];
    for (const { hash } of fresh) {
      const grown = grow(crypto, peaks, hash);
      peaks = grown.peaks;
      nodes.push(...grown.nodes);
    }
    const data = fresh.map((leaf, at) => ({
      index: size + at,
      hash: bytes(leaf.hash),
      bytes: bytes(leaf.bytes),
    }));
    await tx.logLeaf.createMany({ data });
    await storeNodes(tx, nodes);
  };
};
