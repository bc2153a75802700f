import { equal } from "../../../../protocol/public/bytes.ts";
import { currentMembers, findMember } from "../../../../protocol/public/roster.ts";
import type { ShareSets } from "../../../../protocol/public/word-share-api.ts";
import { wordsOf } from "../../../../protocol/public/words.ts";
import type { SharedWords } from "../../../../protocol/secret/word-share.ts";
import { reachableMembers } from "../letters.ts";
import { newsroomSeed } from "../newsroom-key.ts";
import type { World } from "../world.ts";
import { askedBy, heldShares } from "./holding.ts";
import { setRecordOf } from "./making.ts";
import { collected } from "./returns.ts";
import type { SetHolder, SetRecord } from "./set-record.ts";
import { markOf } from "./the-words.ts";

/** What the recovery page shows: who holds, who is missing, and whether what they hold would be enough. */

export type HolderShown = {
  readonly name: string;
  /**
   * `missing`: no longer a member, and the share is gone with the vault. `sent`: not kept yet. `kept`: by the server's word.
   * `right` and `wrong`: what the last rehearsal proved.
   */
  readonly state: "missing" | "sent" | "kept" | "right" | "wrong";
  readonly day: number | null;
};

export type SetShown = {
  readonly words: SharedWords;
  readonly needed: number;
  readonly day: number;
  readonly holders: readonly HolderShown[];
  /** The words are others since: the shares give words that count no more. */
  readonly stale: boolean;
  /** Null before the first rehearsal. */
  readonly rehearsedDay: number | null;
};

export type RecoveryPage = {
  readonly sets: readonly SetShown[];
  /** Words of which one may make shares: the newsroom's only with the newsroom key. */
  readonly mayShare: readonly SharedWords[];
  readonly candidates: readonly {
    readonly memberNumber: number;
    readonly name: string;
    readonly reachable: boolean;
  }[];
  readonly held: readonly { readonly owner: string; readonly words: SharedWords }[];
  readonly asked: readonly { readonly memberNumber: number; readonly name: string }[];
  readonly collected: {
    readonly from: readonly string[];
    readonly needed: number | null;
    readonly words: readonly string[] | null;
  } | null;
};

export const nameOf = (world: World, member: number): string =>
  findMember(world.roster, member)?.name ?? `#${member}`;

type ServerSet = ShareSets["sets"][number] | undefined;

const holderShown = (world: World, holder: SetHolder, server: ServerSet): HolderShown => {
  const { member, proof, day } = holder;
  const name = nameOf(world, member);
  if (findMember(world.roster, member)?.state !== "current") {
    return { name, state: "missing", day: null };
  }
  if (proof !== "none") return { name, state: proof, day };
  const keptDay = server?.holders.find((one) => one.holder === member)?.keptDay ?? null;
  return { name, state: keptDay === null ? "sent" : "kept", day: keptDay };
};

const setShown = async (
  world: World,
  words: SharedWords,
  given: { readonly record: SetRecord; readonly server: ShareSets },
): Promise<SetShown> => {
  const { record } = given;
  const { needed, day, mark, askedDay } = record;
  const server = given.server.sets.find((set) => equal(set.setId, record.setId));
  return {
    words,
    needed,
    day,
    holders: record.holders.map((holder) => holderShown(world, holder, server)),
    stale: !equal(mark, await markOf(world, words)),
    rehearsedDay: askedDay === 0 ? null : askedDay,
  };
};

const setsShown = async (world: World): Promise<readonly SetShown[]> => {
  const server = await world.api.call("shareSets", null);
  const shown: SetShown[] = [];
  for (const words of ["recovery", "newsroom"] as const) {
    const record = setRecordOf(world, words);
    if (record !== null) shown.push(await setShown(world, words, { record, server }));
  }
  return shown;
};

const candidatesOf = async (world: World): Promise<RecoveryPage["candidates"]> => {
  const reachable = new Set((await reachableMembers(world)).map((one) => one.memberNumber));
  return currentMembers(world.roster)
    .filter(({ memberNumber }) => memberNumber !== world.memberNumber)
    .map(({ memberNumber, name }) => ({
      memberNumber,
      name,
      reachable: reachable.has(memberNumber),
    }));
};

const collectedShown = async (world: World): Promise<RecoveryPage["collected"]> => {
  const { collecting, from, needed, entropy } = await collected(world);
  if (!collecting) return null;
  return {
    from: from.map((member) => nameOf(world, member)),
    needed,
    words: entropy === null ? null : wordsOf(entropy),
  };
};

export const recoveryPage = async (world: World): Promise<RecoveryPage> => ({
  sets: await setsShown(world),
  mayShare: newsroomSeed(world) === null ? ["recovery"] : ["recovery", "newsroom"],
  candidates: await candidatesOf(world),
  held: heldShares(world).map(({ owner, words }) => ({ owner: nameOf(world, owner), words })),
  asked: askedBy(world).map((memberNumber) => ({
    memberNumber,
    name: nameOf(world, memberNumber),
  })),
  collected: await collectedShown(world),
});
