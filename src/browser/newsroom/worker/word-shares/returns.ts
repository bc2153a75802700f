import { equal, hex } from "../../../../protocol/public/bytes.ts";
import { HASH } from "../../../../protocol/public/limits.ts";
import { currentMembers } from "../../../../protocol/public/roster.ts";
import {
  encodeWordShare,
  parseShareReturn,
  parseWordShare,
  rehearsalAnswer,
  SHARED_WORDS,
  type SharedWords,
  type ShareReturn,
  type WordShare,
} from "../../../../protocol/secret/word-share.ts";
import { codeOf } from "../../../kit/code-error.ts";
import { type LetterGot, takeLetters } from "../letters.ts";
import type { Session } from "../session.ts";
import type { World } from "../world.ts";
import { changeSet, sayTo, setRecordOf } from "./making.ts";
import { joinWords } from "./pieces.ts";
import type { Proof, SetHolder } from "./set-record.ts";

/** What comes back from holders: proofs in a rehearsal, and shares of newsroom words that an admin collects. docs/protocol.md §19.3. */

const BACK = "share-back:";
const backId = (from: number, { setId }: WordShare): string => `${BACK}${from}:${hex(setId)}`;

/** Asks every holder for a proof. Answers who could not be asked now. */
export const askRehearsal = async (
  world: World,
  words: SharedWords,
): Promise<readonly number[]> => {
  const record = setRecordOf(world, words);
  if (record === null) return [];
  const { setId } = record;
  const nonce = world.crypto.random(HASH);
  await changeSet(world, words, {
    setId,
    next: (held) => ({
      ...held,
      nonce,
      askedDay: world.today,
      holders: held.holders.map((holder): SetHolder => ({ ...holder, proof: "none", day: 0 })),
    }),
  });
  const unreached: number[] = [];
  for (const { member } of record.holders) {
    try {
      await sayTo(world, member, { say: "rehearse", setId, nonce });
    } catch (error) {
      if (codeOf(error) !== "no-reader" && codeOf(error) !== "not-found") throw error;
      unreached.push(member);
    }
  }
  return unreached;
};

type Rehearsed = Extract<ShareReturn, { say: "rehearsed" }>;

const proofOf = (world: World, { rehearsalKey }: SetHolder, said: Rehearsed): Proof => {
  const { answer, nonce } = said;
  const right = rehearsalAnswer(world.crypto, rehearsalKey, nonce);
  return answer !== null && equal(answer, right) ? "right" : "wrong";
};

const findAsked = (world: World, said: Rehearsed): SharedWords | undefined =>
  SHARED_WORDS.find((one) => {
    const record = setRecordOf(world, one);
    // An answer to an older question proves nothing of today.
    return record !== null && equal(record.setId, said.setId) && equal(record.nonce, said.nonce);
  });

const noteProof = async (world: World, got: LetterGot, said: Rehearsed): Promise<void> => {
  // The letter comes once, and another desk may have asked.
  if (findAsked(world, said) === undefined) await world.records.reload();
  const words = findAsked(world, said);
  if (words === undefined) return;
  await changeSet(world, words, {
    setId: said.setId,
    next: (held) => ({
      ...held,
      holders: held.holders.map((holder) =>
        holder.member === got.from
          ? { ...holder, proof: proofOf(world, holder, said), day: world.today }
          : holder,
      ),
    }),
  });
};

/** Somebody may hold shares of several admins' sets, not of many. */
const MOST_OF_ONE = 4;

/** Only while this member collects: nobody can fill the vault unasked. */
const COLLECTING = "share-collecting";

const isCollecting = ({ records }: World): boolean => records.get(COLLECTING) !== null;

const keepBack = async (world: World, from: number, share: WordShare): Promise<void> => {
  // The letter comes once, and another desk may have begun to collect.
  if (!isCollecting(world)) await world.records.reload();
  await world.records.change((records) => {
    const id = backId(from, share);
    const others = [...records.keys()].filter((one) => one.startsWith(`${BACK}${from}:`));
    if (!records.has(COLLECTING) || others.includes(id) || others.length >= MOST_OF_ONE) {
      return null;
    }
    return { put: new Map([[id, encodeWordShare(share)]]) };
  });
};

const act = async (world: World, got: LetterGot, said: ShareReturn): Promise<void> => {
  switch (said.say) {
    case "rehearsed":
      await noteProof(world, got, said);
      break;
    case "returned":
      if (said.share.words === "newsroom") await keepBack(world, got.from, said.share);
      break;
  }
};

export const startReturns = (session: Session): void => {
  takeLetters(session, "share-return", async (world, got) => {
    try {
      await act(world, got, parseShareReturn(got.bytes));
    } catch (error) {
      // It was asked for: it waits until the vault has room, and an unlock does not fail for it.
      if (codeOf(error) === "too-large") return false;
      if (codeOf(error) !== "bad-structure") throw error;
    }
    return true;
  });
};

/** Asks every colleague who might hold a share of the newsroom words. Answers who could not be asked now. */
export const collect = async (world: World): Promise<readonly number[]> => {
  await world.records.change(() => ({ put: new Map([[COLLECTING, Uint8Array.of(1)]]) }));
  const unreached: number[] = [];
  for (const { memberNumber } of currentMembers(world.roster)) {
    if (memberNumber === world.memberNumber) continue;
    try {
      await sayTo(world, memberNumber, { say: "collect" });
    } catch (error) {
      if (codeOf(error) !== "no-reader" && codeOf(error) !== "not-found") throw error;
      unreached.push(memberNumber);
    }
  }
  return unreached;
};

export type Collected = {
  readonly collecting: boolean;
  readonly from: readonly number[];
  readonly needed: number | null;
  /** Once there are enough. */
  readonly entropy: Uint8Array | null;
};

const backIds = (world: World): readonly string[] =>
  world.records.ids().filter((id) => id.startsWith(BACK));

export const collected = async (world: World): Promise<Collected> => {
  const shares = backIds(world).flatMap((id) => {
    const bytes = world.records.get(id);
    return bytes === null ? [] : [parseWordShare(bytes)];
  });
  return {
    collecting: isCollecting(world),
    from: backIds(world).map((id) => Number(id.split(":")[1])),
    needed: shares[0]?.needed ?? null,
    entropy: await joinWords(world, shares),
  };
};

/** On paper again: what was collected is forgotten here. */
export const endCollecting = (world: World): Promise<void> =>
  world.records.change((records) => {
    const remove = [...records.keys()].filter((id) => id === COLLECTING || id.startsWith(BACK));
    return remove.length === 0 ? null : { remove };
  });
