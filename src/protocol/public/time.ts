import { quotient } from "./bytes.ts";
import { CLOCK_TOLERANCE_DAYS, PERIOD_DAYS } from "./limits.ts";

/** Days and periods; the clock itself is always a parameter. docs/protocol.md §3.2. A day is UTC, counted from 1970-01-01. */

const DAY_MS = 86_400_000;

export const dayOf = (epochMs: number): number => quotient(epochMs, DAY_MS);

export const dayStartMs = (day: number): number => day * DAY_MS;

export const periodOf = (day: number): number => quotient(day, PERIOD_DAYS);

export const firstDayOf = (period: number): number => period * PERIOD_DAYS;

export const lastDayOf = (period: number): number => firstDayOf(period) + PERIOD_DAYS - 1;

/** A period is open from a day before its first day until a day after its last: clocks differ. */
export const isPeriodOpen = (period: number, today: number): boolean =>
  today >= firstDayOf(period) - CLOCK_TOLERANCE_DAYS &&
  today <= lastDayOf(period) + CLOCK_TOLERANCE_DAYS;

/** Periods open today, the one that today lies in first. */
export const openPeriods = (today: number): readonly number[] => {
  const period = periodOf(today);
  return [period, period - 1, period + 1].filter((one) => isPeriodOpen(one, today));
};

/** Closed for good: no message under it is accepted any more. */
export const isPeriodClosed = (period: number, today: number): boolean =>
  today > lastDayOf(period) + CLOCK_TOLERANCE_DAYS;

/** The last day that two bytes hold, in 2149. */
export const LAST_DAY = 0xffff;

/** A day as a wrap can hold it: a server's number beyond is no day. */
export const storedDay = (day: number): number => (day > LAST_DAY ? LAST_DAY : day);
