import type { AppendLeaves } from "../database/append-leaves.ts";
import type { World } from "../http/world.ts";

/**
 * Statements that were stored before there was a log get their leaves, oldest kinds first. At every start: what is there
 * already is not added again.
 */
export const createCatchUp =
  ({ db }: Pick<World, "db">, append: AppendLeaves): (() => Promise<void>) =>
  () =>
    db.$transaction(async (tx) => {
      const select = { statement: true } as const;
      const newsroom = await tx.newsroomStatement.findMany({
        orderBy: { ordinal: "asc" },
        select,
      });
      if (newsroom.length === 0) return;
      const rosters = await tx.roster.findMany({ orderBy: { number: "asc" }, select });
      const keys = await tx.messagingKey.findMany({
        orderBy: [{ memberNumber: "asc" }, { generation: "asc" }, { period: "asc" }],
        select,
      });
      const leaves = [...newsroom, ...rosters, ...keys].map(({ statement }) => statement);
      await append(tx, leaves);
    });
