import { hex } from "./bytes.ts";
import { SealdropError } from "./errors.ts";
import { isUsableX25519Key } from "./key-rules.ts";
import { MAX_JOURNALISTS } from "./limits.ts";
import type { RosterEntry } from "./roster.ts";

/** What makes a list of members valid, whoever signed it. docs/protocol.md §5.2. */

const invalid = (): never => {
  throw new SealdropError("roster-invalid");
};

const checkDistinct = (keys: readonly Uint8Array[]): void => {
  if (new Set(keys.map(hex)).size !== keys.length) invalid();
};

const checkPositions = (entries: readonly RosterEntry[]): void => {
  const current = entries.filter((entry) => entry.state === "current");
  if (current.length > MAX_JOURNALISTS) invalid();
  const positions = current.map((entry) => entry.position).sort((a, b) => a - b);
  if (positions.some((position, index) => position !== index + 1)) invalid();
  if (entries.some((entry) => entry.state !== "current" && entry.position !== 0)) invalid();
};

/** Numbers ascend; a member is here once, or has left once. Keys they had before are *rotated* or *stolen*. */
const checkNumbers = (entries: readonly RosterEntry[]): void => {
  const numbers = entries.map((entry) => entry.memberNumber);
  if (numbers.some((number, index) => number < (numbers[index - 1] ?? 1))) invalid();
  const heads = entries.filter((entry) => entry.state === "current" || entry.state === "left");
  if (new Set(heads.map((entry) => entry.memberNumber)).size !== heads.length) invalid();
};

/** Throws roster-invalid. */
export const checkMembers = (entries: readonly RosterEntry[]): void => {
  checkNumbers(entries);
  checkPositions(entries);
  checkDistinct(entries.map((entry) => entry.identity));
  checkDistinct(entries.map((entry) => entry.static));
  if (!entries.every((entry) => isUsableX25519Key(entry.static))) invalid();
};
