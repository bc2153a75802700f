import { SealdropError } from "../../protocol/public/errors.ts";
import { findMember, type Roster } from "../../protocol/public/roster.ts";
import { openSeen, parseSeen, type Seen } from "../../protocol/public/seen.ts";
import { bytes, type Transaction } from "../database/database.ts";
import type { World } from "../http/world.ts";

/** The newest *seen* statement of each member, for colleagues' browsers to check. */
export type SeenStatements = {
  /** Throws bad-structure, bad-signature, forbidden for another member's. */
  put(memberNumber: number, statement: Uint8Array): Promise<void>;
  list(): Promise<readonly Uint8Array[]>;
};

export type NewestRoster = (tx: Transaction) => Promise<Roster>;

/** Two windows of one member may be late: what has seen less does not take the place of what has seen more. */
const isNewer = (next: Seen, stored: Seen): boolean =>
  next.size > stored.size ||
  (next.size === stored.size && next.vaultVersion >= stored.vaultVersion);

type SeenWorld = Pick<World, "db" | "crypto"> & { readonly newestRoster: NewestRoster };

export const createSeenStatements = (world: SeenWorld): SeenStatements => {
  const { db, crypto, newestRoster } = world;

  const check = async (memberNumber: number, statement: Uint8Array): Promise<Seen> => {
    const roster = await newestRoster(db);
    const entry = findMember(roster, memberNumber);
    if (entry?.state !== "current") throw new SealdropError("forbidden");
    const { newsroomId } = roster;
    const seen = openSeen(crypto, statement, { newsroomId, identity: entry.identity });
    if (seen.memberNumber !== memberNumber) throw new SealdropError("forbidden");
    return seen;
  };

  return {
    put: async (memberNumber, statement) => {
      const next = await check(memberNumber, statement);
      await db.$transaction(async (tx) => {
        await tx.seenStatement.createMany({
          data: [{ memberNumber, statement: bytes(statement) }],
          skipDuplicates: true,
        });
        // Locked until the commit: the other window waits, and then compares with this one's.
        const [row] = await tx.$queryRaw<{ readonly statement: Uint8Array }[]>`
          SELECT statement FROM seen_statement WHERE member_number = ${memberNumber} FOR UPDATE`;
        if (row === undefined || !isNewer(next, parseSeen(new Uint8Array(row.statement)))) return;
        await tx.seenStatement.update({
          where: { memberNumber },
          data: { statement: bytes(statement) },
        });
      });
    },
    list: async () => {
      const rows = await db.seenStatement.findMany({ orderBy: { memberNumber: "asc" } });
      return rows.map(({ statement }) => statement);
    },
  };
};
