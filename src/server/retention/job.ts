import { PAST_PERIODS_KEPT } from "../../protocol/public/key-timeline-api.ts";
import { parseSettings, type Settings } from "../../protocol/public/settings.ts";
import { isPeriodClosed, lastDayOf, periodOf } from "../../protocol/public/time.ts";
import { closeEndedPeriods } from "../database/closed-periods.ts";
import type { Database } from "../database/database.ts";
import { countOfDay } from "../database/day-counts.ts";
import { deleteMailbox } from "../database/delete-mailbox.ts";
import { endAbandonedKeys } from "../database/past-keys.ts";
import { lockRoster } from "../database/roster-lock.ts";
import { dayOf, type World } from "../http/world.ts";

/** What goes by itself, all of it by days and on a timetable: nothing a source does starts a job. */
export type Retention = { run(): Promise<void> };

/** A part that came on the last minute of a day still has the next one. */
const UNCLAIMED_DAYS = 1;
const TRANSACTION = { maxWait: 60_000, timeout: 300_000 };

const findSettings = async (db: Database): Promise<Settings | null> => {
  const newest = { orderBy: { number: "desc" }, select: { settings: true } } as const;
  const row = await db.roster.findFirst(newest);
  return row === null ? null : parseSettings(row.settings);
};

type MailboxRow = { readonly mailboxId: Uint8Array };

const expired = (db: Database, oldestDay: number): Promise<MailboxRow[]> =>
  db.$queryRaw<MailboxRow[]>`
    SELECT mailbox_id AS "mailboxId" FROM message
    GROUP BY mailbox_id HAVING max(day) < ${oldestDay}::int`;

/** Exclusive: a message that is just being acknowledged must not go with what is older. */
const deleteIfStillExpired = (db: Database, mailboxId: Uint8Array, { today, oldestDay }: Days) =>
  db.$transaction(async (tx) => {
    await lockRoster(tx, "exclusive");
    const where = { mailboxId: new Uint8Array(mailboxId), day: { gte: oldestDay } };
    const young = await tx.message.findFirst({ where, select: { arrival: true } });
    if (young !== null) return;
    const count = await deleteMailbox(tx, mailboxId);
    await countOfDay(tx, today, { what: "expired-messages", count });
  }, TRANSACTION);

type Days = { readonly today: number; readonly oldestDay: number };

const deleteExpired = async (db: Database, days: Days): Promise<void> => {
  for (const { mailboxId } of await expired(db, days.oldestDay)) {
    await deleteIfStillExpired(db, mailboxId, days);
  }
};

const deleteUnclaimed = async (db: Database, today: number): Promise<void> => {
  const where = { arrival: null, startedDay: { lt: today - UNCLAIMED_DAYS } };
  const rows = await db.upload.findMany({ where, select: { uploadId: true } });
  for (const { uploadId } of rows) {
    await db.$transaction(async (tx) => {
      const { count } = await tx.upload.deleteMany({ where: { uploadId, arrival: null } });
      await countOfDay(tx, today, { what: "expired-uploads", count });
    });
  }
};

const newestBeyond = (today: number, absenceDays: number): number => {
  const period = periodOf(today - absenceDays);
  return today > lastDayOf(period) + absenceDays ? period : period - 1;
};

/** Nobody came for these in the longest absence: slots and published keys go together; wraps stay. */
const dropAbandonedSlots = async (
  db: Database,
  today: number,
  absenceDays: number,
): Promise<void> => {
  const period = { lte: newestBeyond(today, absenceDays) };
  if (!isPeriodClosed(period.lte, today)) return;
  await db.$transaction(async (tx) => {
    await tx.slot.updateMany({
      where: { period, bytes: { not: null } },
      data: { bytes: null, tried: true },
    });
    await endAbandonedKeys(tx, { newestPeriod: period.lte, day: today });
  }, TRANSACTION);
};

/** Keys on their way that nobody came for in the longest absence: the key they are sealed to goes then, too. */
const dropOldLetters = async (db: Database, oldestDay: number): Promise<void> => {
  await db.letter.deleteMany({ where: { day: { lt: oldestDay } } });
};

const dropPastKeys = async (db: Database, today: number): Promise<void> => {
  await db.pastKey.deleteMany({ where: { period: { lt: periodOf(today) - PAST_PERIODS_KEPT } } });
};

export const createRetention = ({ db, now }: Pick<World, "db" | "now">): Retention => ({
  run: async () => {
    const today = dayOf(now());
    await deleteUnclaimed(db, today);
    await closeEndedPeriods(db, today);
    await dropPastKeys(db, today);
    const settings = await findSettings(db);
    if (settings === null) return;
    await deleteExpired(db, { today, oldestDay: today - settings.retentionDays });
    await dropAbandonedSlots(db, today, settings.longestAbsenceDays);
    await dropOldLetters(db, today - settings.longestAbsenceDays);
  },
});
