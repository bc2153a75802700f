import { SealdropError } from "../../protocol/public/errors.ts";
import {
  coverOf,
  type NodePlace,
  type Peaks,
  type TreeNode,
} from "../../protocol/public/log-tree.ts";
import { bytes, type Transaction } from "../database/database.ts";

/** The tree as it is stored: hashes of complete subtrees, so that a proof is one query. */

const ONE = 1;

/** Raises the size by `more` and answers what it was; the row stays locked until the commit, which orders all that is added. */
export const claimPlaces = async (tx: Transaction, more: number): Promise<number> => {
  const { size } = await tx.logSize.upsert({
    where: { id: ONE },
    create: { id: ONE, size: more },
    update: { size: { increment: more } },
  });
  return size - more;
};

/** Committed leaves only, outside of a transaction that adds. */
export const sizeOf = async (tx: Transaction): Promise<number> =>
  (await tx.logSize.findUnique({ where: { id: ONE } }))?.size ?? 0;

const keyOf = ({ level, index }: NodePlace): string => `${level}:${index}`;

/** A hash by its place; throws internal for one that was not asked for. */
export type Nodes = (place: NodePlace) => Uint8Array;

export const readNodes = async (tx: Transaction, places: readonly NodePlace[]): Promise<Nodes> => {
  const wanted = [...new Map(places.map((place) => [keyOf(place), place])).values()];
  const levels = wanted.map(({ level }) => level);
  const indexes = wanted.map(({ index }) => index);
  const rows: readonly TreeNode[] =
    wanted.length === 0
      ? []
      : await tx.$queryRaw`
          SELECT node.level, node.index, node.hash
          FROM unnest(${levels}::int[], ${indexes}::int[]) AS wanted (level, index)
          JOIN log_node node ON node.level = wanted.level AND node.index = wanted.index`;
  const found = new Map(rows.map((row) => [keyOf(row), new Uint8Array(row.hash)]));
  return (place) => {
    const hash = found.get(keyOf(place));
    if (hash === undefined) throw new SealdropError("internal");
    return hash;
  };
};

export const readPeaks = async (tx: Transaction, size: number): Promise<Peaks> => {
  const places = coverOf({ start: 0, end: size });
  const nodes = await readNodes(tx, places);
  return { size, hashes: places.map(nodes) };
};

export const storeNodes = async (tx: Transaction, nodes: readonly TreeNode[]): Promise<void> => {
  const data = nodes.map(({ level, index, hash }) => ({ level, index, hash: bytes(hash) }));
  await tx.logNode.createMany({ data });
};
