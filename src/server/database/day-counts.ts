import type { Transaction } from "./database.ts";

/**
 * How many, per UTC day, and nothing else about any of them: what the audit trail may say of sources. A day's counts become
 * a line after its end and are dropped. Last in a transaction: its row makes others wait.
 */
export const COUNTED = [
  "received",
  "written",
  "deleted-by-sources",
  "deleted-by-newsroom",
  "expired-messages",
  "expired-uploads",
] as const;
export type Counted = (typeof COUNTED)[number];

export const countOfDay = async (
  tx: Transaction,
  day: number,
  { what, count }: { readonly what: Counted; readonly count: number },
): Promise<void> => {
  if (count === 0) return;
  await tx.$executeRaw`
    INSERT INTO day_count AS known (day, what, count) VALUES (${day}::int, ${what}, ${count}::int)
    ON CONFLICT (day, what) DO UPDATE SET count = known.count + ${count}::int`;
};

export type DayCounts = { readonly day: number; count(what: Counted): number };

/** Takes away what was counted on days before `today`, oldest day first. */
export const takeDayCounts = async (
  tx: Transaction,
  today: number,
): Promise<readonly DayCounts[]> => {
  const rows = await tx.$queryRaw<{ day: number; what: string; count: number }[]>`
    DELETE FROM day_count WHERE day < ${today}::int RETURNING day, what, count`;
  const days = [...new Set(rows.map(({ day }) => day))].sort((a, b) => a - b);
  return days.map((day) => ({
    day,
    count: (what) => rows.find((row) => row.day === day && row.what === what)?.count ?? 0,
  }));
};
