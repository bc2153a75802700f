import { expect, it } from "vitest";
import type { IdentityPublicKey, StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import {
  findMember,
  type MemberState,
  type Roster,
  type RosterEntry,
} from "../../src/protocol/public/roster.ts";

const entry = (state: MemberState, generation: number): RosterEntry => ({
  ...{ memberNumber: 2, state, position: state === "current" ? 1 : 0, generation, name: "Bob" },
  identity: new Uint8Array(32).fill(generation) as IdentityPublicKey,
  static: new Uint8Array(32).fill(100 + generation) as StaticPublicKey,
});

const speaks = (entries: readonly RosterEntry[]): number | undefined =>
  findMember({ entries } as Roster, 2)?.generation;

/** In a roster entries of one member stand in any order. */
it.each<readonly [string, readonly RosterEntry[]]>([
  ["the current one", [entry("stolen", 1), entry("rotated", 2), entry("current", 3)]],
  ["the one that left", [entry("stolen", 1), entry("left", 3), entry("rotated", 2)]],
  ["the newest that was stolen", [entry("stolen", 1), entry("rotated", 2), entry("stolen", 3)]],
  ["the newest, wherever it stands", [entry("stolen", 3), entry("stolen", 1)]],
])("of a member's entries %s speaks", (_which, entries) => {
  expect(speaks(entries)).toBe(3);
  expect(speaks([...entries].reverse())).toBe(3);
});

it("nobody speaks for a number that nobody has", () => {
  expect(findMember({ entries: [entry("current", 1)] } as unknown as Roster, 3)).toBeNull();
});
