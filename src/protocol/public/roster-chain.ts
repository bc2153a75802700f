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

const findByIdentity = ({ entries }: Roster, { identity }: RosterEntry): RosterEntry | undefined =>
  entries.find((entry) => equal(entry.identity, identity));

/**
 * Keys come onto the list with somebody who holds them: a new member's, or the next ones of a current member. Whoever has gone does
 * not come back under the same number, and the generation rises, so that no messaging key of the old identity counts for the new.
 */
const mayCome = (previous: Roster, entry: RosterEntry): boolean => {
  const before = previous.entries.filter((one) => one.memberNumber === entry.memberNumber);
  const replaced = before.find((one) => one.state === "current");
  if (entry.state !== "current") return false;
  if (before.length === 0) return true;
  return replaced !== undefined && entry.generation > replaced.generation;
};

/** Throws roster-invalid when `next` may not follow `previous` (null: when it may not be the first). */
export const checkFollows = (previous: VerifiedRoster | null, next: Roster): void => {
  const first = previous === null;
  const fits = first
    ? next.number === 1 && next.previousHash.every((byte) => byte === 0)
    : next.number === previous.number + 1 && equal(next.previousHash, previous.hash);
  if (!fits) throw new SealdropError("roster-invalid");
  if (previous === null) return;
  for (const before of previous.entries) {
    const after = findByIdentity(next, before);
    if (after === undefined || !isSuccessor(before, after)) {
      throw new SealdropError("roster-invalid");
    }
  }
  const fresh = next.entries.filter((entry) => findByIdentity(previous, entry) === undefined);
  if (!fresh.every((entry) => mayCome(previous, entry))) throw new SealdropError("roster-invalid");
};
