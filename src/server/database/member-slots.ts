import type { Database, Transaction } from "./database.ts";
import { Prisma } from "./generated/client.ts";

/** Slots as their members' keys see them: what is left to open under a closed period, and what goes with a key or a member. */

export type KeyPeriod = { readonly period: number; readonly generation: number };

/** Whoever left reads nothing more, and nothing is kept for them. The archive's keys first, as whoever stores a wrap locks. */
export const dropMembersSlots = async (
  tx: Transaction,
  memberNumbers: readonly number[],
): Promise<void> => {
  const where = { memberNumber: { in: [...memberNumbers] } };
  await tx.archiveKey.deleteMany({ where });
  await tx.formerArchiveKey.deleteMany({ where });
  await tx.slot.deleteMany({ where });
};

/** The wraps stay: they are what the member reads from then on. */
export const dropSlotsOfKeys = async (
  tx: Transaction,
  memberNumber: number,
  keys: readonly KeyPeriod[],
): Promise<void> => {
  for (const { period, generation } of keys) {
    await tx.slot.updateMany({
      where: { memberNumber, period, generation },
      data: { bytes: null, tried: true },
    });
  }
};

/**
 * A slot of the member's that is not tried and that somebody may have sealed to a key of theirs. Where none was published for its
 * period and generation, the sender made a key pair up (docs/protocol.md §10.5): nobody can try it, and no key need wait for it.
 */
export const isUnopened = Prisma.sql`(NOT slot.tried AND slot.bytes IS NOT NULL AND EXISTS (
  SELECT 1 FROM messaging_key AS key WHERE key.member_number = slot.member_number
    AND key.generation = slot.generation AND key.period = slot.period))`;

export type ClosedPeriodCount = { readonly period: number; readonly unopened: number };

/** Closed periods in which the member still has a published key or a slot, with the slots that are to be opened yet. */
export const closedPeriodsOf = (
  db: Database,
  memberNumber: number,
): Promise<readonly ClosedPeriodCount[]> =>
  db.$queryRaw<ClosedPeriodCount[]>`
    SELECT period, sum(unopened)::int AS unopened FROM (
      SELECT period, 0 AS unopened FROM messaging_key WHERE member_number = ${memberNumber}::int
      UNION ALL
      SELECT period, count(*) FILTER (WHERE ${isUnopened}) FROM slot
      WHERE member_number = ${memberNumber}::int AND bytes IS NOT NULL GROUP BY period
    ) AS own JOIN closed_period USING (period) GROUP BY period ORDER BY period`;
