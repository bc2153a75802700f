import { equal } from "../../protocol/public/bytes.ts";
import type { Header } from "../../protocol/public/envelope.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { CLOCK_TOLERANCE_DAYS } from "../../protocol/public/limits.ts";
import {
  currentMembers,
  parseRoster,
  type Roster,
  type RosterEntry,
} from "../../protocol/public/roster.ts";
import { parseStatement } from "../../protocol/public/statement.ts";
import { isPeriodOpen } from "../../protocol/public/time.ts";
import type { Transaction } from "../database/database.ts";

/** Under which roster and period a message may be taken. docs/protocol.md §5.6 and §10.6; the caller holds the roster's lock. */

type StoredRoster = {
  readonly number: number;
  readonly hash: Uint8Array;
  readonly membersHash: Uint8Array;
  readonly validUntilDay: number;
};

const select = { number: true, hash: true, membersHash: true, validUntilDay: true } as const;

// Verified before it was stored; a number and hash name one roster for ever.
const parsed = new Map<string, Roster>();

const parseStored = async (tx: Transaction, number: number, hash: Uint8Array): Promise<Roster> => {
  const key = Buffer.from(hash).toString("hex");
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const row = await tx.roster.findUniqueOrThrow({ where: { number }, select: { statement: true } });
  const roster = parseRoster(parseStatement(row.statement, "roster").payload);
  if (parsed.size > 50) parsed.clear();
  parsed.set(key, roster);
  return roster;
};

const isUsable = (named: StoredRoster, newest: StoredRoster, today: number): boolean =>
  today <= named.validUntilDay + CLOCK_TOLERANCE_DAYS &&
  (named.number === newest.number || equal(named.membersHash, newest.membersHash));

const isClosed = async (tx: Transaction, period: number): Promise<boolean> =>
  (await tx.closedPeriod.findUnique({ where: { period } })) !== null;

const findUsable = async (
  tx: Transaction,
  header: Header,
  today: number,
): Promise<StoredRoster | null> => {
  const newest = await tx.roster.findFirst({ orderBy: { number: "desc" }, select });
  if (newest === null || header.rosterNumber > newest.number) return null;
  const named =
    header.rosterNumber === newest.number
      ? newest
      : await tx.roster.findUnique({ where: { number: header.rosterNumber }, select });
  if (named === null || !equal(named.hash, header.rosterHash)) return null;
  return isUsable(named, newest, today) ? named : null;
};

/** Readers of the roster the header names, in order of position from 1. Throws roster-changed. */
export const getReaders = async (
  tx: Transaction,
  header: Header,
  today: number,
): Promise<readonly RosterEntry[]> => {
  const named = await findUsable(tx, header, today);
  if (
    named === null ||
    !isPeriodOpen(header.period, today) ||
    (await isClosed(tx, header.period))
  ) {
    throw new SealdropError("roster-changed");
  }
  return currentMembers(await parseStored(tx, named.number, named.hash));
};
