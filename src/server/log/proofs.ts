import { equal } from "../../protocol/public/bytes.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import {
  checkpointText,
  encodeNote,
  type Log,
  logNameOf,
} from "../../protocol/public/log-checkpoint.ts";
import {
  type Inclusion,
  LEAF_BYTES_A_PAGE,
  LEAVES_A_PAGE,
} from "../../protocol/public/log-evidence.ts";
import {
  consistencySpans,
  type Head,
  inclusionSpans,
  type Proof,
  placesOf,
  proofOf,
} from "../../protocol/public/log-proof.ts";
import { rootOf } from "../../protocol/public/log-tree.ts";
import { bytes } from "../database/database.ts";
import { createNewsroomId } from "../database/newsroom-id.ts";
import type { World } from "../http/world.ts";
import { createLogKey } from "./log-key.ts";
import { readNodes, readPeaks, sizeOf } from "./tree.ts";

/** What the log says of itself. Everything is read from committed rows: a head that is signed is nobody's to take back. */
export type Proofs = {
  /** Throws not-set-up. */
  log(): Promise<Log>;
  /** Throws not-set-up. */
  checkpoint(): Promise<Signed>;
  /** Throws bad-request for sizes that are not there. */
  consistency(from: number, to: number): Promise<Proof>;
  /** In the order of `hashes`. Throws not-found for a leaf that is not in a tree of this size. */
  inclusions(hashes: readonly Uint8Array[], size: number): Promise<readonly Inclusion[]>;
  /** The next page of leaves from this place on. */
  leaves(from: number): Promise<readonly Uint8Array[]>;
};

export type Signed = { readonly head: Head; readonly note: Uint8Array };

type ProofWorld = Pick<World, "db" | "crypto" | "secrets">;

const upToPage = (leaves: readonly Uint8Array[]): readonly Uint8Array[] => {
  let total = 0;
  return leaves.filter((leaf, at) => {
    total += leaf.length;
    return at === 0 || total <= LEAF_BYTES_A_PAGE;
  });
};

export const createProofs = (world: ProofWorld): Proofs => {
  const { db, crypto } = world;
  const newsroomId = createNewsroomId(db, crypto);
  const signer = createLogKey(world);
  let held: Signed | null = null;

  const checkSize = async (size: number): Promise<void> => {
    if (size > (await sizeOf(db))) throw new SealdropError("bad-request");
  };
  const log = async (): Promise<Log> => ({
    name: logNameOf(await newsroomId()),
    key: (await signer()).key,
  });

  const sign = async (head: Head): Promise<Signed> => {
    const known = await log();
    const text = checkpointText(known.name, head);
    const signature = (await signer()).sign(text);
    return { head, note: encodeNote(crypto, known, { text, signature }) };
  };

  return {
    log,
    checkpoint: async () => {
      const size = await sizeOf(db);
      const root = rootOf(crypto, await readPeaks(db, size));
      const same = held?.head.size === size && equal(held.head.root, root);
      if (held === null || !same) held = await sign({ size, root });
      return held;
    },
    consistency: async (from, to) => {
      if (from > to) throw new SealdropError("bad-request");
      await checkSize(to);
      const spans = consistencySpans(from, to);
      return proofOf(crypto, spans, await readNodes(db, placesOf(spans)));
    },
    inclusions: async (hashes, size) => {
      await checkSize(size);
      const rows = await db.logLeaf.findMany({
        where: { hash: { in: hashes.map(bytes) }, index: { lt: size } },
        select: { index: true, hash: true },
      });
      const spans = hashes.map((hash) => {
        const row = rows.find((one) => equal(one.hash, hash));
        if (row === undefined) throw new SealdropError("not-found");
        return { index: row.index, spans: inclusionSpans(row.index, size) };
      });
      const nodes = await readNodes(db, placesOf(spans.flatMap((one) => one.spans)));
      return spans.map((one) => ({ index: one.index, proof: proofOf(crypto, one.spans, nodes) }));
    },
    leaves: async (from) => {
      const rows = await db.logLeaf.findMany({
        where: { index: { gte: from, lt: await sizeOf(db) } },
        orderBy: { index: "asc" },
        take: LEAVES_A_PAGE,
        select: { bytes: true },
      });
      return upToPage(rows.map((row) => row.bytes));
    },
  };
};
