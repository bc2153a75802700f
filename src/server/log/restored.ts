import { equal } from "../../protocol/public/bytes.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { rootOf } from "../../protocol/public/log-tree.ts";
import { openRestored, type Restored } from "../../protocol/public/restored.ts";
import type { NewsroomKey } from "../../protocol/public/roster.ts";
import type { AppendLeaves } from "../database/append-leaves.ts";
import type { Transaction } from "../database/database.ts";
import type { Audit } from "../http/audit.ts";
import type { World } from "../http/world.ts";
import { claimPlaces, readPeaks } from "./tree.ts";

export type GetNewsroomKey = (tx: Transaction) => Promise<NewsroomKey>;

type RestoredWorld = Pick<World, "db" | "crypto"> & {
  readonly audit: Audit;
  readonly append: AppendLeaves;
  readonly newsroomKey: GetNewsroomKey;
};

/** Under the log's lock, so that the tree that is compared is the one that is added to, and the key is the one of its place. */
const checkSaid = async (
  tx: Transaction,
  { crypto, newsroomKey }: RestoredWorld,
  {
    statement,
    by,
    size,
  }: { readonly statement: Uint8Array; readonly by: number; readonly size: number },
): Promise<Restored> => {
  const said = openRestored(crypto, statement, await newsroomKey(tx));
  if (said.memberNumber !== by) throw new SealdropError("forbidden");
  if (said.size > size) throw new SealdropError("bad-request");
  const root = rootOf(crypto, await readPeaks(tx, said.size));
  if (!equal(root, said.root)) throw new SealdropError("bad-request");
  return said;
};

/** Logs that a backup was played in, said by whoever asks. Throws bad-structure, bad-signature, forbidden, and bad-request for a tree that was never this one. */
export const createLogRestored =
  (world: RestoredWorld) =>
  async (statement: Uint8Array, by: number): Promise<void> => {
    const { append, audit, db } = world;
    await db.$transaction(async (tx) => {
      const size = await claimPlaces(tx, 0);
      const said = await checkSaid(tx, world, { statement, by, size });
      await append(tx, [statement]);
      // The same again is in the log already.
      if ((await claimPlaces(tx, 0)) === size) return;
      await audit.append(tx, { kind: "restored", actor: by, values: { size: said.size } });
    });
  };
