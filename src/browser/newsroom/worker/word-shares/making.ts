import { base64url, equal } from "../../../../protocol/public/bytes.ts";
import { HASH, ID } from "../../../../protocol/public/limits.ts";
import { findMember } from "../../../../protocol/public/roster.ts";
import {
  encodeShareLetter,
  rehearsalKey,
  type SharedWords,
  type ShareLetter,
  type WordShare,
  wordCheck,
} from "../../../../protocol/secret/word-share.ts";
import { codeOf } from "../../../kit/code-error.ts";
import { sendLetter } from "../letters.ts";
import type { World } from "../world.ts";
import { splitWords } from "./pieces.ts";
import { encodeSetRecord, parseSetRecord, type SetRecord, setRecordId } from "./set-record.ts";
import { markOf, readWords } from "./the-words.ts";

/**
 * The owner's side: a set is split, its shares go out, and only then does it take the place of the one before. Whoever is
 * interrupted has the old set still, or the new one whole. docs/protocol.md §19.2.
 */
export type SetPlan = {
  readonly words: SharedWords;
  /** As they stand on paper. */
  readonly typed: string;
  readonly needed: number;
  readonly holders: readonly number[];
};

export const setRecordOf = (world: World, words: SharedWords): SetRecord | null =>
  parseSetRecord(world.records.get(setRecordId(words)));

export const sayTo = async (world: World, holder: number, letter: ShareLetter): Promise<void> => {
  await sendLetter(world, holder, { subject: "share", bytes: encodeShareLetter(letter) });
};

const saveSet = (
  world: World,
  words: SharedWords,
  next: (held: SetRecord | null) => SetRecord | null,
): Promise<void> =>
  world.records.change((records) => {
    const changed = next(parseSetRecord(records.get(setRecordId(words))));
    return changed === null
      ? null
      : { put: new Map([[setRecordId(words), encodeSetRecord(changed)]]) };
  });

/** Changes the set of that id, when it is still the one. */
export const changeSet = (
  world: World,
  words: SharedWords,
  change: { readonly setId: Uint8Array; next(held: SetRecord): SetRecord },
): Promise<void> =>
  saveSet(world, words, (held) =>
    held !== null && equal(held.setId, change.setId) ? change.next(held) : null,
  );

const sharesOf = async (
  world: World,
  plan: SetPlan,
  entropy: Uint8Array,
): Promise<readonly WordShare[]> => {
  const { crypto, newsroomId, memberNumber } = world;
  const { words, needed, holders } = plan;
  const setId = crypto.random(ID);
  const serial = (setRecordOf(world, words)?.serial ?? 0) + 1;
  const check = wordCheck(crypto, newsroomId, { setId, entropy });
  const count = holders.length;
  const pieces = await splitWords(entropy, { needed, count });
  const common = { words, setId, owner: memberNumber, serial, needed, count, check };
  return pieces.map((piece) => ({ ...common, piece }));
};

/** Tells holders to throw their shares away; answers those who could not be reached now. Throws offline and what ends the session. */
const takeBack = async (
  world: World,
  holders: readonly number[],
  setId: Uint8Array,
): Promise<readonly number[]> => {
  const unreached: number[] = [];
  for (const holder of holders) {
    try {
      await sayTo(world, holder, { say: "drop", setId });
    } catch (error) {
      if (codeOf(error) !== "no-reader") throw error;
      unreached.push(holder);
    }
  }
  return unreached;
};

const sendAll = async (
  world: World,
  sent: { readonly holders: readonly number[]; readonly shares: readonly WordShare[] },
  told: (done: number) => void,
): Promise<void> => {
  const reached: number[] = [];
  for (const [index, share] of sent.shares.entries()) {
    const holder = sent.holders[index] ?? 0;
    try {
      await sayTo(world, holder, { say: "keep", share });
    } catch (error) {
      // Without this set's other shares what they got is worth nothing anyway.
      await takeBack(world, reached, share.setId).catch(() => undefined);
      throw error;
    }
    reached.push(holder);
    told(reached.length);
  }
};

const recordOf = (
  world: World,
  plan: SetPlan,
  made: { readonly shares: readonly WordShare[]; readonly mark: Uint8Array },
) => {
  const { crypto, newsroomId, today } = world;
  const [first] = made.shares;
  return (held: SetRecord | null): SetRecord => ({
    setId: first?.setId ?? new Uint8Array(ID),
    serial: first?.serial ?? 0,
    needed: plan.needed,
    day: today,
    mark: made.mark,
    nonce: new Uint8Array(HASH),
    askedDay: 0,
    holders: made.shares.map(({ setId, piece }, index) => {
      const holder = plan.holders[index] ?? 0;
      const key = rehearsalKey(crypto, newsroomId, { setId, piece, holder });
      return { member: holder, rehearsalKey: key, proof: "none", day: 0 };
    }),
    former:
      held === null
        ? []
        : [
            ...held.former,
            { setId: held.setId, holders: held.holders.map(({ member }) => member) },
          ],
  });
};

const register = (world: World, words: SharedWords, record: SetRecord): Promise<null> => {
  const { setId, needed } = record;
  const holders = record.holders.map(({ member }) => member);
  return world.api.call("postShareSet", { setId, words, needed, holders });
};

const isMember = (world: World, member: number): boolean =>
  findMember(world.roster, member)?.state === "current";

/** Holders of sets that count no more are told to throw their shares away; whoever cannot be reached now is told later. */
const dropFormer = async (world: World, words: SharedWords): Promise<void> => {
  const record = setRecordOf(world, words);
  for (const { setId, holders } of record?.former ?? []) {
    for (const holder of holders.filter((one) => isMember(world, one))) {
      await sayTo(world, holder, { say: "drop", setId });
    }
    await changeSet(world, words, {
      setId: record?.setId ?? setId,
      next: (held) => ({
        ...held,
        former: held.former.filter((one) => !equal(one.setId, setId)),
      }),
    });
  }
};

/** What an interrupted browser left undone. */
export const finishSet = async (world: World, words: SharedWords): Promise<void> => {
  const record = setRecordOf(world, words);
  if (record === null) return;
  await register(world, words, record);
  await dropFormer(world, words);
};

/** Throws what `readWords` throws; no-reader when a holder has no key now: then nothing has changed. */
export const makeSet = async (
  world: World,
  plan: SetPlan,
  told: (done: number) => void,
): Promise<void> => {
  const entropy = await readWords(world, plan.words, plan.typed);
  const mark = await markOf(world, plan.words);
  const shares = await sharesOf(world, plan, entropy);
  world.crypto.wipe(entropy);
  await sendAll(world, { holders: plan.holders, shares }, told);
  await saveSet(world, plan.words, recordOf(world, plan, { shares, mark }));
  const record = setRecordOf(world, plan.words);
  if (record !== null) await register(world, plan.words, record);
  try {
    await dropFormer(world, plan.words);
  } catch (error) {
    // Told at a later unlock: the old shares are worth little, since the words are the same or count no more.
    if (codeOf(error) !== "no-reader") throw error;
  }
};

/**
 * No shares any more: the holders are told, and owner and server forget the set. Answers the holders who cannot be told
 * and keep theirs; broken off before the end, the set is still there.
 */
export const dropSet = async (world: World, words: SharedWords): Promise<readonly number[]> => {
  const record = setRecordOf(world, words);
  if (record === null) return [];
  const all = [
    ...record.former,
    { setId: record.setId, holders: record.holders.map(({ member }) => member) },
  ];
  const unreached: number[] = [];
  for (const { setId, holders } of all) {
    const told = holders.filter((one) => isMember(world, one));
    unreached.push(...(await takeBack(world, told, setId)));
  }
  await world.api.call("dropShareSet", null, { id: base64url(record.setId) });
  await world.records.change((records) =>
    records.has(setRecordId(words)) ? { remove: [setRecordId(words)] } : null,
  );
  return [...new Set(unreached)];
};
