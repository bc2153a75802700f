import { equal } from "../../../../protocol/public/bytes.ts";
import type { NewsroomKeys } from "../../../../protocol/public/newsroom-keys.ts";
import { findMember, type Roster, type RosterEntry } from "../../../../protocol/public/roster.ts";
import type { World } from "../world.ts";
import { type Change, type ChangeKind, type LoggedRoster, NOBODY } from "./memory.ts";

/** Who was added, changed or retired between one roster and the next, and whether another newsroom key signs it, for those who did not do it. */

const kindOf = (before: RosterEntry | null, after: RosterEntry): ChangeKind | null => {
  if (before === null) return "added";
  if (before.state !== after.state) return after.state === "stolen" ? "stolen" : "left";
  if (!equal(before.identity, after.identity)) return "keys";
  return after.generation > before.generation ? "void" : null;
};

const between = (before: Roster, after: Roster): readonly Change[] =>
  after.entries.flatMap((entry) => {
    if (entry.state === "rotated") return [];
    const kind = kindOf(findMember(before, entry.memberNumber), entry);
    const { memberNumber } = entry;
    return kind === null ? [] : [{ kind, memberNumber, rosterNumber: after.number }];
  });

const ofNewsroomKey = ({ eras }: NewsroomKeys, { number }: Roster): readonly Change[] => {
  const era = eras.find(({ afterRoster }) => afterRoster === number - 1);
  if (era === undefined) return [];
  const kind = era.stolen ? "newsroom-key-stolen" : "newsroom-key";
  return [{ kind, memberNumber: NOBODY, rosterNumber: number }];
};

type Here = {
  /** Numbers of rosters that this browser has signed itself. */
  readonly signedHere: ReadonlySet<number>;
  readonly keys: NewsroomKeys;
};

/** The first roster is nobody's change. */
export const changesOf = (
  world: World,
  logged: readonly LoggedRoster[],
  { signedHere, keys }: Here,
): readonly Change[] =>
  logged
    .filter(({ number }) => !signedHere.has(number))
    .flatMap(({ number, hash }) => {
      const after = world.rosterOf(number, hash);
      const before = after === null ? null : world.rosterOf(number - 1, after.previousHash);
      if (after === null || before === null) return [];
      return [...ofNewsroomKey(keys, after), ...between(before, after)];
    });
