import { equal } from "../../../../protocol/public/bytes.ts";
import type { Head } from "../../../../protocol/public/log-proof.ts";
import type { RosterEntry } from "../../../../protocol/public/roster.ts";
import { findMember } from "../../../../protocol/public/roster.ts";
import { openSeen, parseSeen, type Seen } from "../../../../protocol/public/seen.ts";
import type { World } from "../world.ts";
import type { Finding } from "./finding.ts";
import { type Followed, isBeginning } from "./follow.ts";
import type { ColleagueMark, VaultMark } from "./memory.ts";

/** What colleagues' browsers have seen, signed by them, against what this one sees. docs/protocol.md §16.5. */

export type SeenBy = { readonly entry: RosterEntry; readonly seen: Seen };

/** Those that verify; a server could leave any of them out, so what does not verify is as good as not there. */
export const openAllSeen = (world: World, list: readonly Uint8Array[]): readonly SeenBy[] => {
  const { crypto, newsroomId, roster } = world;
  return list.flatMap((bytes) => {
    try {
      const entry = findMember(roster, parseSeen(bytes).memberNumber);
      if (entry?.state !== "current") return [];
      return [{ entry, seen: openSeen(crypto, bytes, { newsroomId, identity: entry.identity }) }];
    } catch {
      return [];
    }
  });
};

/** This vault as it stands on the server. */
export const vaultOf = ({ records }: World): VaultMark => {
  const { version, hash } = records.stamp();
  return { vaultVersion: version, vaultHash: hash };
};

/** Older than what was seen of it before, or another one under the same version. */
const isBehind = (now: VaultMark, before: VaultMark): boolean =>
  now.vaultVersion < before.vaultVersion ||
  (now.vaultVersion === before.vaultVersion && !equal(now.vaultHash, before.vaultHash));

/** Against what this member has signed, or this browser keeps; another tab may have saved meanwhile. */
export const isOwnBehind = async (world: World, before: VaultMark): Promise<boolean> => {
  if (!isBehind(vaultOf(world), before)) return false;
  await world.records.reload();
  return isBehind(vaultOf(world), before);
};

export type Now = { readonly head: Head; readonly followed: Followed };

const checkOne = async (
  world: World,
  { entry, seen }: SeenBy,
  against: { readonly now: Now; readonly mark: ColleagueMark | undefined },
): Promise<Finding | null> => {
  const { now, mark } = against;
  const { name } = entry;
  const { day } = seen;
  if (seen.size > now.head.size) return { kind: "colleague-more", name, day };
  if (!(await isBeginning(world, seen, now))) return { kind: "colleague-fork", name, day };
  const isMe = entry.memberNumber === world.memberNumber;
  const back = mark !== undefined && (seen.size < mark.size || isBehind(seen, mark));
  if (!back && !(isMe && (await isOwnBehind(world, seen)))) return null;
  return isMe ? { kind: "vault-back" } : { kind: "colleague-back", name, day };
};

export type ColleaguesChecked = {
  readonly findings: readonly Finding[];
  readonly marks: readonly ColleagueMark[];
};

export const checkColleagues = async (
  world: World,
  all: readonly SeenBy[],
  known: { readonly now: Now; readonly marks: readonly ColleagueMark[] },
): Promise<ColleaguesChecked> => {
  const findings: Finding[] = [];
  const marks = new Map(known.marks.map((mark) => [mark.memberNumber, mark]));
  for (const one of all) {
    const { memberNumber, size, vaultVersion, vaultHash } = one.seen;
    const mark = marks.get(memberNumber);
    const finding = await checkOne(world, one, { now: known.now, mark });
    if (finding === null) marks.set(memberNumber, { memberNumber, size, vaultVersion, vaultHash });
    else findings.push(finding);
  }
  // A vault that noted its own version would never come to rest.
  marks.delete(world.memberNumber);
  const present = [...marks.values()].filter(
    (mark) => findMember(world.roster, mark.memberNumber)?.state === "current",
  );
  return { findings, marks: present.sort((a, b) => a.memberNumber - b.memberNumber) };
};
