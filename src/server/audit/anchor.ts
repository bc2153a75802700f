import { encodeAuditAnchor } from "../../protocol/public/audit-anchor.ts";
import type { AppendLeaves } from "../database/append-leaves.ts";
import { dayOf, type World } from "../http/world.ts";
import { takeDay } from "./once-a-day.ts";

type AnchorWorld = Pick<World, "db" | "now"> & { readonly appendLeaves: AppendLeaves };

/**
 * Once a day the newest line's hash goes into the key log. In a transaction of its own, and the line is read without the
 * trail's lock: whoever signs a roster takes the log's lock first and the trail's after it.
 */
export const createAnchor = ({ db, now, appendLeaves }: AnchorWorld) => ({
  run: async (): Promise<void> => {
    const select = { hash: true } as const;
    const newest = await db.auditLine.findFirst({ orderBy: { number: "desc" }, select });
    if (newest === null) return;
    const day = dayOf(now());
    await db.$transaction(async (tx) => {
      if ((await takeDay(tx, "anchor", day)) === "done") return;
      await appendLeaves(tx, [encodeAuditAnchor({ day, hash: newest.hash })]);
    });
  },
});
