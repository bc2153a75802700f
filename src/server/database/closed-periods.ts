import { isPeriodClosed, periodOf } from "../../protocol/public/time.ts";
import type { Database } from "./database.ts";
import { lockRoster } from "./roster-lock.ts";

const newestEnded = (today: number): number => {
  const current = periodOf(today);
  return isPeriodClosed(current - 1, today) ? current - 1 : current - 2;
};

/**
 * Closes what has ended. From then on no replica accepts a message under those periods, whatever its clock says: a key may
 * be destroyed only when nothing sealed to it can still arrive.
 */
export const closeEndedPeriods = async (db: Database, today: number): Promise<void> => {
  const newest = newestEnded(today);
  const [open] = await db.$queryRaw<{ readonly there: boolean }[]>`
    SELECT EXISTS (
      SELECT 1 FROM (SELECT period FROM messaging_key UNION SELECT period FROM slot) AS used
      WHERE period <= ${newest}::int AND period NOT IN (SELECT period FROM closed_period)) AS there`;
  if (open?.there !== true) return;
  await db.$transaction(async (tx) => {
    await lockRoster(tx, "exclusive");
    await tx.$executeRaw`
      INSERT INTO closed_period (period)
      SELECT period FROM messaging_key WHERE period <= ${newest}::int
      UNION SELECT period FROM slot WHERE period <= ${newest}::int
      ON CONFLICT DO NOTHING`;
  });
};
