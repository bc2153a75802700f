import { PERIODS_SHOWN_BACK, type TimelineKey } from "../../../protocol/public/key-timeline-api.ts";
import { PERIODS_AHEAD } from "../../../protocol/public/limits.ts";
import { currentMembers } from "../../../protocol/public/roster.ts";
import { firstDayOf, lastDayOf, periodOf } from "../../../protocol/public/time.ts";
import type { Session } from "./session.ts";

/** Each journalist's messaging keys, past, present and ahead, as a picture and in words. The past is the server's word. */

/**
 * What became of one period. `kept`: it is over, and its private key is still there for what has not been opened. `gap`: nobody
 * can, or could, seal to this journalist then, though earlier or later somebody can.
 */
export type PeriodState = "none" | "gap" | "destroyed" | "dropped" | "kept" | "now" | "ahead";

export type Days = { readonly firstDay: number; readonly lastDay: number };

export type TimelineRow = {
  readonly memberNumber: number;
  readonly name: string;
  readonly me: boolean;
  /** Aligned with the periods of the timeline. */
  readonly states: readonly PeriodState[];
  /** The last day without a gap from today on; null: not reachable now. */
  readonly untilDay: number | null;
  /** Neighbouring periods are one gap. */
  readonly gaps: readonly Days[];
  readonly destroyed: number;
  readonly lastDestroyedDay: number | null;
  readonly kept: number;
  readonly dropped: number;
};

export type KeysTimeline = {
  readonly firstPeriod: number;
  readonly periods: number;
  readonly today: number;
  readonly rows: readonly TimelineRow[];
};

export type MemberKeys = {
  readonly generation: number;
  readonly keys: readonly TimelineKey[];
};

const PERIODS = PERIODS_SHOWN_BACK + 1 + PERIODS_AHEAD;

const pastState = (keys: readonly TimelineKey[]): PeriodState => {
  const has = (state: TimelineKey["state"]): boolean => keys.some((key) => key.state === state);
  if (has("published")) return "kept";
  if (has("dropped")) return "dropped";
  return has("destroyed") ? "destroyed" : "none";
};

const isValid = (member: MemberKeys, key: TimelineKey): boolean =>
  key.state === "published" && key.generation === member.generation;

const stateOf = (member: MemberKeys, period: number, current: number): PeriodState => {
  const own = member.keys.filter((key) => key.period === period);
  if (period < current) return pastState(own);
  if (!own.some((key) => isValid(member, key))) return "none";
  return period === current ? "now" : "ahead";
};

/** Today without a key is a gap for everybody; another day, only between two that have one. */
const withGaps = (states: readonly PeriodState[], current: number): readonly PeriodState[] => {
  const first = states.findIndex((state) => state !== "none");
  const last = states.findLastIndex((state) => state !== "none");
  return states.map((state, at) => {
    const between = first !== -1 && at > first && at < last;
    return state === "none" && (between || at === current) ? "gap" : state;
  });
};

/** Of each period from `firstPeriod` on. Pure, so that a test can lay out any history. */
export const periodStates = (member: MemberKeys, today: number): readonly PeriodState[] => {
  const current = periodOf(today);
  const states = Array.from({ length: PERIODS }, (_, at) =>
    stateOf(member, current - PERIODS_SHOWN_BACK + at, current),
  );
  return withGaps(states, PERIODS_SHOWN_BACK);
};

/** The last period without a gap from the current one on; null: not even that. */
export const lastReachablePeriod = (
  states: readonly PeriodState[],
  firstPeriod: number,
): number | null => {
  const ahead = states.slice(PERIODS_SHOWN_BACK);
  const end = ahead.findIndex((state) => state !== "now" && state !== "ahead");
  const reachable = end === -1 ? ahead.length : end;
  return reachable === 0 ? null : firstPeriod + PERIODS_SHOWN_BACK + reachable - 1;
};

const gapsOf = (states: readonly PeriodState[], firstPeriod: number): readonly Days[] => {
  const gaps: Days[] = [];
  for (const [at, state] of states.entries()) {
    if (state !== "gap") continue;
    const period = firstPeriod + at;
    const before = states[at - 1] === "gap" ? gaps.pop() : undefined;
    gaps.push({
      firstDay: before?.firstDay ?? firstDayOf(period),
      lastDay: lastDayOf(period),
    });
  }
  return gaps;
};

const countOf = (states: readonly PeriodState[], state: PeriodState): number =>
  states.filter((one) => one === state).length;

const lastDay = (keys: readonly TimelineKey[]): number | null =>
  keys.reduce<number | null>(
    (last, { state, day }) =>
      state === "destroyed" && day !== null && day > (last ?? -1) ? day : last,
    null,
  );

const lastDayOrNull = (period: number | null): number | null =>
  period === null ? null : lastDayOf(period);

export const timelineFunctions = (session: Session) => ({
  keysTimeline: async (): Promise<KeysTimeline> => {
    const world = session.world();
    const { keys } = await world.api.call("keyTimeline", null, { background: true });
    const firstPeriod = periodOf(world.today) - PERIODS_SHOWN_BACK;
    const rows = currentMembers(world.roster).map((entry): TimelineRow => {
      const { memberNumber, generation, name } = entry;
      const own = keys.filter((key) => key.memberNumber === memberNumber);
      const states = periodStates({ generation, keys: own }, world.today);
      return {
        memberNumber,
        name,
        me: memberNumber === world.memberNumber,
        states,
        untilDay: lastDayOrNull(lastReachablePeriod(states, firstPeriod)),
        gaps: gapsOf(states, firstPeriod),
        destroyed: countOf(states, "destroyed"),
        lastDestroyedDay: lastDay(own),
        kept: countOf(states, "kept"),
        dropped: countOf(states, "dropped"),
      };
    });
    return { firstPeriod, periods: PERIODS, today: world.today, rows };
  },
});
