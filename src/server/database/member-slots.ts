import type { Database, Transaction } from "./database.ts";

/** Slots as their members' keys see them: what is left to open under a closed period, and what goes with a key or a member. */

export type KeyPeriod = { readonly period: number; readonly generation: number };

/** Whoever left reads nothing more, and nothing is kept for them. */
export const dropMembersSlots = async (
  tx: Transaction,
  memberNumbers: readonly number[],
): Promise<void> => {
  const where = { memberNumber: { in: [...memberNumbers] } };
  await tx.slot.deleteMany({ where });
  await tx.archiveKey.deleteMany({ where });
  await tx.formerArchiveKey.deleteMany({ where });
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

export type ClosedPeriodCount = { readonly period: number; readonly unopened: number };

/** Closed periods in which the member still has a published key or a slot, with the slots not tried yet. */
export const closedPeriodsOf = (
  db: Database,
  memberNumber: number,
): Promise<readonly ClosedPeriodCount[]> =>
  db.$queryRaw<ClosedPeriodCount[]>`
    SELECT period, sum(unopened)::int AS unopened FROM (
      SELECT period, 0 AS unopened FROM messaging_key WHERE member_number = ${memberNumber}::int
      UNION ALL
      SELECT period, count(*) FILTER (WHERE NOT tried) FROM slot
      WHERE member_number = ${memberNumber}::int AND bytes IS NOT NULL GROUP BY period
    ) AS own JOIN closed_period USING (period) GROUP BY period ORDER BY period`;
