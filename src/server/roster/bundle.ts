import { encodeBundle } from "../../protocol/public/bundle.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { ABSENT_DAYS } from "../../protocol/public/limits.ts";
import {
  currentMembers,
  parseRoster,
  type Roster,
  type RosterEntry,
} from "../../protocol/public/roster.ts";
import { parseStatement } from "../../protocol/public/statement.ts";
import { periodOf } from "../../protocol/public/time.ts";
import type { Database } from "../database/database.ts";
import { dayOf, type World } from "../http/world.ts";
import { findVersion, getNewsroomStatements } from "./newsroom.ts";

/** The newsroom's public answer, the same bytes for everybody. One small query says whether the held one still holds. */
export type NewsroomBundleSource = {
  /** Throws not-set-up. */
  get(): Promise<Uint8Array>;
};

type Held = { readonly version: number; readonly day: number; readonly bytes: Uint8Array };

/** Whoever has been away too long would let tips lie: their keys are not offered, unless nobody else is left. */
const presentMembers = async (
  db: Database,
  roster: Roster,
  day: number,
): Promise<readonly RosterEntry[]> => {
  const current = currentMembers(roster);
  const rows = await db.account.findMany({
    where: { memberNumber: { not: null }, lastUnlockDay: { gte: day - ABSENT_DAYS } },
    select: { memberNumber: true },
  });
  const seen = new Set(rows.map(({ memberNumber }) => memberNumber));
  const present = current.filter(({ memberNumber }) => seen.has(memberNumber));
  return present.length > 0 ? present : current;
};

const keysOf = async (
  db: Database,
  members: readonly RosterEntry[],
  period: number,
): Promise<readonly Uint8Array[]> => {
  const generations = new Map(
    members.map(({ memberNumber, generation }) => [memberNumber, generation]),
  );
  const rows = await db.messagingKey.findMany({
    where: { period, memberNumber: { in: [...generations.keys()] } },
    orderBy: { memberNumber: "asc" },
    select: { statement: true, memberNumber: true, generation: true },
  });
  // By the columns: what was altered in the database is for browsers to refuse, and takes nobody else's key along.
  return rows
    .filter(({ memberNumber, generation }) => generations.get(memberNumber) === generation)
    .map(({ statement }) => statement);
};

/** Null for one that was altered in the database: sources are shown it, and told that its signature is not true. */
const readRoster = (statement: Uint8Array): Roster | null => {
  try {
    return parseRoster(parseStatement(statement, "roster").payload);
  } catch {
    return null;
  }
};

const build = async (db: Database, day: number): Promise<Uint8Array> => {
  const newest = await db.roster.findFirst({ orderBy: { number: "desc" } });
  if (newest === null) throw new SealdropError("not-set-up");
  const roster = readRoster(newest.statement);
  const members = roster === null ? [] : await presentMembers(db, roster, day);
  return encodeBundle({
    newsroomStatements: await getNewsroomStatements(db),
    roster: newest.statement,
    settings: newest.settings,
    messagingKeys: await keysOf(db, members, periodOf(day)),
  });
};

export const createBundle = ({ db, now }: Pick<World, "db" | "now">): NewsroomBundleSource => {
  let held: Held | null = null;
  return {
    get: async () => {
      const day = dayOf(now());
      // Before the content: what changes in between is newer than the number it is held under, and is read again.
      const version = await findVersion(db);
      if (version === null) throw new SealdropError("not-set-up");
      if (held?.version === version && held.day === day) return held.bytes;
      const bytes = await build(db, day);
      held = { version, day, bytes };
      return bytes;
    },
  };
};
