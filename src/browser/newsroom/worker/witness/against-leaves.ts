import { PERIODS_AHEAD } from "../../../../protocol/public/limits.ts";
import { periodOf } from "../../../../protocol/public/time.ts";
import type { Session } from "../session.ts";
import type { World } from "../world.ts";
import type { Finding } from "./finding.ts";
import { isBefore, isOver, type LeavesRead } from "./leaves.ts";
import type { LoggedRoster, Memory, OwnKey } from "./memory.ts";

/** What the log's leaves say, those read now and what was kept of those before, against what this member is shown. */

export type Leaves = {
  readonly session: Session;
  readonly world: World;
  readonly memory: Memory | null;
  readonly read: LeavesRead;
  /** Whose keys were on the server before the log's head was asked for. */
  readonly toppedUp: number | null;
  /** The list's number by then: one that came while this was asked is looked for the next time. */
  readonly shown: number;
};

type Lists = Pick<Memory, "hidden" | "rosterNumber">;

/** What is missing is asked for once more, since it may have been signed meanwhile. */
const compareLists = async ({ world, read, memory }: Leaves): Promise<Lists> => {
  const all = [...(memory?.hidden ?? []), ...read.rosters];
  const isHidden = ({ number, hash }: LoggedRoster) => world.rosterOf(number, hash) === null;
  if (all.some(isHidden)) await world.refreshRoster();
  const shown = new Set(all.filter((one) => !isHidden(one)).map(({ number }) => number));
  let rosterNumber = memory?.rosterNumber ?? 0;
  while (shown.has(rosterNumber + 1)) rosterNumber += 1;
  return { hidden: all.filter(isHidden), rosterNumber };
};

const listFindings = (shown: number, { hidden, rosterNumber }: Lists): readonly Finding[] => {
  if (hidden.length > 0) return [{ kind: "roster-hidden" }];
  return rosterNumber < shown ? [{ kind: "roster-unlogged" }] : [];
};

const unlike = (keys: readonly OwnKey[]): readonly OwnKey[] => [
  ...new Map(keys.map((key) => [`${key.period}:${key.generation}`, key])).values(),
];

type Keys = Pick<Memory, "ownKeys" | "foreign">;

/** A foreign one counts until a higher generation has voided it, or its period is over: sources may be given it. */
const keysOf = ({ world, memory, read }: Leaves): Keys => ({
  ownKeys: unlike([...(memory?.ownKeys ?? []), ...read.ownKeys]).filter(
    ({ period }) => !isBefore(world, period),
  ),
  foreign: unlike([...(memory?.foreign ?? []), ...read.foreign]).filter(
    ({ generation, period }) => generation >= world.entry.generation && !isOver(world, period),
  ),
});

/** What was published for every period ahead must be in the log, or colleagues could not see it swapped. */
const keyFindings = (
  { session, world, read, toppedUp }: Leaves,
  { ownKeys, foreign }: Keys,
): readonly Finding[] => {
  if (foreign.length > 0 || read.foreign.length > 0) return [{ kind: "foreign-key" }];
  if (!world.clockAgrees || session.opened().foreignKey) return [];
  const { generation } = world.entry;
  // Declared void a moment ago: the new ones are on their way, and then this is looked at again.
  if (toppedUp !== generation) return [];
  const complete = Array.from({ length: PERIODS_AHEAD + 1 }, (_, ahead) =>
    ownKeys.some(
      (key) => key.generation === generation && key.period === periodOf(world.today) + ahead,
    ),
  ).every(Boolean);
  return complete ? [] : [{ kind: "key-missing" }];
};

export type LeavesCompared = {
  readonly findings: readonly Finding[];
  /** What is to be remembered of the leaves. */
  readonly kept: Lists & Keys;
};

export const compareLeaves = async (leaves: Leaves): Promise<LeavesCompared> => {
  const keys = keysOf(leaves);
  const lists = await compareLists(leaves);
  const findings = [...listFindings(leaves.shown, lists), ...keyFindings(leaves, keys)];
  return { findings, kept: { ...lists, ...keys } };
};
