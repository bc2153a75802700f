import { hex } from "./bytes.ts";
import type { PublicCrypto } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { MAX_JOURNALISTS } from "./limits.ts";
import type { RosterEntry } from "./roster.ts";

/** What makes a list of members valid, whoever signed it. docs/protocol.md §5.2. */

const invalid = (): never => {
  throw new SealdropError("roster-invalid");
};

/** Little-endian 2^255 - 19 and above, or with the unused bit set: another spelling of a smaller number. */
const isCanonicalPoint = (key: Uint8Array): boolean => {
  if ((key[31] ?? 0) > 0x7f) return false;
  const top = key.subarray(1, 31).every((byte) => byte === 0xff) && key[31] === 0x7f;
  return !(top && (key[0] ?? 0) >= 0xed);
};

const ANY_SCALAR = new Uint8Array(32).fill(0x40);

const checkStaticKey = (crypto: PublicCrypto, key: Uint8Array): void => {
  if (!isCanonicalPoint(key)) invalid();
  if (crypto.x25519(ANY_SCALAR, key) === null) invalid();
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

/** Numbers ascend; a member has at most one entry that is not *rotated*. */
const checkNumbers = (entries: readonly RosterEntry[]): void => {
  const numbers = entries.map((entry) => entry.memberNumber);
  if (numbers.some((number, index) => number < (numbers[index - 1] ?? 1))) invalid();
  const heads = entries.filter((entry) => entry.state !== "rotated");
  if (new Set(heads.map((entry) => entry.memberNumber)).size !== heads.length) invalid();
};

/** Throws roster-invalid. */
export const checkMembers = (crypto: PublicCrypto, entries: readonly RosterEntry[]): void => {
  checkNumbers(entries);
  checkPositions(entries);
  checkDistinct(entries.map((entry) => entry.identity));
  checkDistinct(entries.map((entry) => entry.static));
  for (const entry of entries) checkStaticKey(crypto, entry.static);
};
