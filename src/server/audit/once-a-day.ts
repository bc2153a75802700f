import type { Transaction } from "../database/database.ts";

/** What is done once for each day, however many processes ask. The numbers are rows of `audited_day`. */
const WORK = { lines: 1, anchor: 2 } as const;

/** `first`: nothing was ever done before. `done`: this day's is done already. */
export type DayTaken = "first" | "next" | "done";

export const takeDay = async (
  tx: Transaction,
  work: keyof typeof WORK,
  day: number,
): Promise<DayTaken> => {
  const id = WORK[work];
  const begun = await tx.auditedDay.createMany({ data: [{ id, day }], skipDuplicates: true });
  if (begun.count === 1) return "first";
  const next = { where: { id, day: { lt: day } }, data: { day } };
  return (await tx.auditedDay.updateMany(next)).count === 1 ? "next" : "done";
};
