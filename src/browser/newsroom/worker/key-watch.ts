import { currentMembers } from "../../../protocol/public/roster.ts";
import type { MessagingKeysAnswer } from "../../../protocol/public/staff-api.ts";
import { lastDayOf, periodOf } from "../../../protocol/public/time.ts";
import type { Session } from "./session.ts";
import type { World } from "./world.ts";

/** Whose published keys run out soon: found while there are two whole periods left to do something about it. */

export type RunningOut = {
  readonly memberNumber: number;
  readonly name: string;
  readonly me: boolean;
  /** Null: there is no key for today. */
  readonly untilDay: number | null;
};

const PERIODS_OF_WARNING = 2;

type Keys = MessagingKeysAnswer["keys"];

const isRunningOut = (lastPeriod: number | null, current: number): boolean =>
  lastPeriod === null || lastPeriod - current <= PERIODS_OF_WARNING;

/** A gap ends what comes before it: keys after it help nobody who writes in between. */
const lastPeriodOf = (periods: ReadonlySet<number>, current: number): number | null => {
  if (!periods.has(current)) return null;
  let last = current;
  while (periods.has(last + 1)) last += 1;
  return last;
};

export const runningOut = (
  world: Pick<World, "roster" | "today" | "memberNumber">,
  keys: Keys,
): readonly RunningOut[] => {
  const current = periodOf(world.today);
  return currentMembers(world.roster).flatMap(({ memberNumber, generation, name }) => {
    const own = keys.filter(
      (key) => key.memberNumber === memberNumber && key.generation === generation,
    );
    const last = lastPeriodOf(new Set(own.map(({ period }) => period)), current);
    if (!isRunningOut(last, current)) return [];
    const untilDay = last === null ? null : lastDayOf(last);
    return [{ memberNumber, name, me: memberNumber === world.memberNumber, untilDay }];
  });
};

/** True when it is another answer than before. Two days to choose from make no day to count from. */
export const watchKeys = async (session: Session): Promise<boolean> => {
  const opened = session.opened();
  const { world } = opened;
  if (!world.clockAgrees) return false;
  const { keys } = await world.api.call("messagingKeys", null, { background: true });
  const before = JSON.stringify(opened.runningOut);
  opened.runningOut = runningOut(world, keys);
  return JSON.stringify(opened.runningOut) !== before;
};

/** Admins see everybody, the others themselves. */
export const runningOutFor = (session: Session): readonly RunningOut[] => {
  const { world, runningOut: all } = session.opened();
  return world.me.role === "admin" ? all : all.filter(({ me }) => me);
};
