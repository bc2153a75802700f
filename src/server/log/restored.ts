import { equal } from "../../protocol/public/bytes.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { rootOf } from "../../protocol/public/log-tree.ts";
import { openRestored } from "../../protocol/public/restored.ts";
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

/** Logs that a backup was played in. Throws bad-structure, bad-signature, and bad-request for a tree that was never this one. */
export const createLogRestored =
  ({ db, crypto, append, newsroomKey, audit }: RestoredWorld) =>
  async (statement: Uint8Array, by: number): Promise<void> => {
    const said = openRestored(crypto, statement, await newsroomKey(db));
    await db.$transaction(async (tx) => {
      // Takes the lock, so that the tree that is compared is the one that is added to.
      const size = await claimPlaces(tx, 0);
      if (said.size > size) throw new SealdropError("bad-request");
      const root = rootOf(crypto, await readPeaks(tx, said.size));
      if (!equal(root, said.root)) throw new SealdropError("bad-request");
      await append(tx, [statement]);
      // The same again is in the log already.
      if ((await claimPlaces(tx, 0)) === size) return;
      await audit.append(tx, { kind: "restored", actor: by, values: { size: said.size } });
    });
  };
