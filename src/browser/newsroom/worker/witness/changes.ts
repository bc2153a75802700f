import { equal } from "../../../../protocol/public/bytes.ts";
import { findMember, type Roster, type RosterEntry } from "../../../../protocol/public/roster.ts";
import type { World } from "../world.ts";
import type { Change, ChangeKind, LoggedRoster } from "./memory.ts";

/** Who was added, changed or retired between one roster and the next, for those who did not do it. */

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

/** `signedHere`: numbers of rosters that this browser has signed itself. The first roster is nobody's change. */
export const changesOf = (
  world: World,
  logged: readonly LoggedRoster[],
  signedHere: ReadonlySet<number>,
): readonly Change[] =>
  logged
    .filter(({ number }) => !signedHere.has(number))
    .flatMap(({ number, hash }) => {
      const after = world.rosterOf(number, hash);
      const before = after === null ? null : world.rosterOf(number - 1, after.previousHash);
      return after === null || before === null ? [] : between(before, after);
    });
