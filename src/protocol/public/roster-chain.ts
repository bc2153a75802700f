import { equal } from "./bytes.ts";
import { SealdropError } from "./errors.ts";
import type { Roster, RosterEntry, VerifiedRoster } from "./roster.ts";

/** Which roster may follow which. docs/protocol.md §5.3: the server and every client check it. */

const sameKeys = (a: RosterEntry, b: RosterEntry): boolean =>
  equal(a.identity, b.identity) && equal(a.static, b.static);

/** What became of one entry: it may change name and state, but never come back, change keys, or lose a generation. */
const isSuccessor = (before: RosterEntry, after: RosterEntry): boolean => {
  if (!sameKeys(before, after) || before.memberNumber !== after.memberNumber) return false;
  if (after.generation < before.generation) return false;
  return before.state === "current" || before.state === after.state || after.state === "stolen";
};

/** Throws roster-invalid when `next` may not follow `previous` (null: when it may not be the first). */
export const checkFollows = (previous: VerifiedRoster | null, next: Roster): void => {
  const first = previous === null;
  const fits = first
    ? next.number === 1 && next.previousHash.every((byte) => byte === 0)
    : next.number === previous.number + 1 && equal(next.previousHash, previous.hash);
  if (!fits) throw new SealdropError("roster-invalid");
  for (const before of previous?.entries ?? []) {
    const after = next.entries.find((entry) => equal(entry.identity, before.identity));
    if (after === undefined || !isSuccessor(before, after)) {
      throw new SealdropError("roster-invalid");
    }
  }
};
