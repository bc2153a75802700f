import { concat, equal, readerOf, u8, u16, u32 } from "../../../protocol/public/bytes.ts";
import { currentMembers, findMember } from "../../../protocol/public/roster.ts";
import type { NewsroomSeed } from "../../../protocol/secret/crypto.ts";
import {
  encodeKeyLetter,
  type KeyHolder,
  type KeyLetter,
  parseKeyLetter,
} from "../../../protocol/secret/key-letter.ts";
import { codeOf } from "../../kit/code-error.ts";
import { sendLetter } from "./letters.ts";
import { NEWSROOM_RECORD, newsroomSeed } from "./newsroom-key.ts";
import type { Session } from "./session.ts";
import type { VaultChange } from "./vault.ts";
import type { Member, World } from "./world.ts";

/**
 * Who holds the newsroom's key, by what this vault knows and the signed roster: the server's word about roles gives the key to
 * nobody and clears no notice. docs/adr/0012, docs/protocol.md §15.3.
 */

export const HOLDERS_RECORD = "newsroom-holders";

export type Holder = KeyHolder & {
  /** The letter that brings them key and list: its number, 0 while it is to be sent, `ELSEWHERE` when a colleague sees to it. */
  readonly letter: number;
};

export const TO_SEND = 0;
export const ELSEWHERE = 0xffff_ffff;
const MOST_CHANGES = 0xffff;

export const hasRights = ({ changes }: KeyHolder): boolean => changes % 2 === 1;

const inOrder = (holders: readonly Holder[]): readonly Holder[] =>
  holders.toSorted((a, b) => a.memberNumber - b.memberNumber);

const encodeHolders = (key: Uint8Array, holders: readonly Holder[]): Uint8Array =>
  concat([
    u8(1),
    key,
    u16(holders.length),
    ...inOrder(holders).flatMap((one) => [
      u16(one.memberNumber),
      u16(one.changes),
      u32(one.letter),
    ]),
  ]);

const self = (memberNumber: number): Holder => ({ memberNumber, changes: 1, letter: ELSEWHERE });

/** Of this key only: who held an earlier one does not matter any more. */
const parseHolders = (bytes: Uint8Array | undefined, key: Uint8Array): readonly Holder[] | null => {
  if (bytes === undefined) return null;
  const reader = readerOf(bytes);
  if (reader.u8() !== 1 || !equal(reader.bytes(32), key)) return null;
  return Array.from({ length: reader.u16() }, () => ({
    memberNumber: reader.u16(),
    changes: reader.u16(),
    letter: reader.u32(),
  }));
};

/** Whoever made the newsroom, or has a vault from before there were lists, holds the key alone. */
export const holdersOf = (world: World): readonly Holder[] =>
  parseHolders(world.records.get(HOLDERS_RECORD) ?? undefined, world.newsroomKey) ?? [
    self(world.memberNumber),
  ];

/** Holders who have left, or whose rights were taken: they know a key that still signs. */
export const exposedTo = (world: World): readonly string[] => {
  const gone = holdersOf(world).filter(
    (one) => !hasRights(one) || findMember(world.roster, one.memberNumber)?.state !== "current",
  );
  return gone.map(({ memberNumber }) => findMember(world.roster, memberNumber)?.name ?? "?");
};

export const holdersRecord = (
  key: Uint8Array,
  holders: readonly Holder[],
): readonly [string, Uint8Array] => [HOLDERS_RECORD, encodeHolders(key, holders)];

/** A rotation's list: those who shall have the new key, and whoever rotates. */
export const firstHolders = (world: World, receivers: readonly number[]): readonly Holder[] => [
  self(world.memberNumber),
  ...receivers.map((memberNumber) => ({ memberNumber, changes: 1, letter: TO_SEND })),
];

/** By the server's list, which may refuse somebody and cannot give the key to anybody. */
export const adminsOf = async ({ api }: World): Promise<ReadonlySet<number>> => {
  const { people } = await api.call("people", null);
  const numbers = people.flatMap(({ role, memberNumber }) =>
    role === "admin" && memberNumber !== null ? [memberNumber] : [],
  );
  return new Set(numbers);
};

/** Colleagues who would get the next key: rights by this vault, on the signed roster, and not refused by the server's list. */
export const receiversOf = (world: World, admins: ReadonlySet<number>): readonly number[] => {
  const current = new Set(currentMembers(world.roster).map((entry) => entry.memberNumber));
  return holdersOf(world)
    .filter(hasRights)
    .map(({ memberNumber }) => memberNumber)
    .filter((number) => number !== world.memberNumber && current.has(number) && admins.has(number));
};

const toSend = (holders: readonly Holder[]): readonly Holder[] =>
  holders.map((one) => ({ ...one, letter: TO_SEND }));

type Edit = (holders: readonly Holder[]) => readonly Holder[];

const saveHolders = (world: World, edit: Edit): Promise<void> =>
  world.records.change((records): VaultChange | null => {
    const key = world.newsroomKey;
    const before = parseHolders(records.get(HOLDERS_RECORD), key) ?? [self(world.memberNumber)];
    const after = encodeHolders(key, edit(before));
    const there = records.get(HOLDERS_RECORD);
    if (there !== undefined && equal(there, after)) return null;
    return { put: new Map([[HOLDERS_RECORD, after]]) };
  });

/** Gives rights or takes them, in this vault; every colleague with rights is to hear of it. */
export const noteRights = (world: World, memberNumber: number, rights: boolean): Promise<void> =>
  saveHolders(world, (holders) => {
    const there = holders.find((one) => one.memberNumber === memberNumber);
    const before = there ?? { memberNumber, changes: 0, letter: TO_SEND };
    const changes = hasRights(before) === rights ? before.changes : before.changes + 1;
    const others = holders.filter((one) => one.memberNumber !== memberNumber);
    return toSend([...others, { ...before, changes }]);
  });

const letterOf = (seed: NewsroomSeed, holders: readonly Holder[]): Uint8Array =>
  encodeKeyLetter({ seed, holders: inOrder(holders) });

const isDue = (world: World, one: Holder): boolean =>
  one.letter === TO_SEND &&
  hasRights(one) &&
  one.memberNumber !== world.memberNumber &&
  findMember(world.roster, one.memberNumber)?.state === "current";

const sendOne = async (world: World, to: number, seed: NewsroomSeed): Promise<void> => {
  const sent = holdersOf(world);
  const bytes = letterOf(seed, sent);
  const letter = await sendLetter(world, to, { subject: "newsroom-key", bytes });
  await saveHolders(world, (holders) =>
    // A list that has changed meanwhile is to be sent once more.
    equal(letterOf(seed, holders), bytes)
      ? holders.map((one) => (one.memberNumber === to ? { ...one, letter } : one))
      : holders,
  );
};

/**
 * Sends what is to be sent. Who has no key to seal to now, or no account, gets it after a later unlock of this vault: nothing of
 * a hand-over is lost by stopping here.
 */
export const handOutKey = async (session: Session): Promise<void> => {
  const { world } = session.opened();
  const seed = newsroomSeed(world);
  if (seed === null) return;
  for (const { memberNumber } of holdersOf(world).filter((one) => isDue(world, one))) {
    try {
      await sendOne(world, memberNumber, seed);
    } catch (error) {
      const code = codeOf(error);
      if (code !== "no-reader" && code !== "not-found" && code !== "no-room") throw error;
    }
  }
};

const merged = (mine: readonly Holder[], theirs: readonly KeyHolder[]): readonly Holder[] => {
  const known = new Map(mine.map((one) => [one.memberNumber, one]));
  for (const one of theirs) {
    const there = known.get(one.memberNumber);
    if (there === undefined) known.set(one.memberNumber, { ...one, letter: ELSEWHERE });
    else if (one.changes > there.changes) {
      known.set(one.memberNumber, { ...there, changes: Math.min(one.changes, MOST_CHANGES) });
    }
  }
  return [...known.values()];
};

/** What a colleague's letter changes. Null: nothing, because only who has rights may say who else has. */
const taken = (world: World, from: number, letter: KeyLetter): VaultChange | null => {
  const key = world.newsroomKey;
  const mine = newsroomSeed(world) === null ? null : holdersOf(world);
  const sender = mine?.find((one) => one.memberNumber === from);
  if (mine !== null && (sender === undefined || !hasRights(sender))) return null;
  const all = merged(mine ?? [self(world.memberNumber)], letter.holders);
  // Two who gave rights at the same moment: whoever sees both tells everybody, until all lists are one.
  const isNews = !equal(letterOf(letter.seed, all), encodeKeyLetter(letter));
  const holders = isNews ? toSend(all) : all;
  return {
    put: new Map<string, Uint8Array>([[NEWSROOM_RECORD, letter.seed], holdersRecord(key, holders)]),
  };
};

const isKeyOf = ({ crypto }: Member, seed: NewsroomSeed, key: Uint8Array): boolean =>
  equal(crypto.ed25519PublicKey(seed), key);

const onRoster = ({ roster }: World, { memberNumber }: KeyHolder): boolean =>
  findMember(roster, memberNumber) !== null;

/** Sent after a rotation or a list was stored that this window has not heard of. */
const isAhead = (world: World, { seed, holders }: KeyLetter): boolean =>
  !isKeyOf(world, seed, world.newsroomKey) || holders.some((one) => !onRoster(world, one));

/**
 * The newsroom's key from a colleague: kept only when it is the newest one of the verified chain, so that nobody need be believed.
 * Any other has nothing to give. Throws bad-structure, offline, too-large when the vault is full.
 */
export const takeKeyLetter = async (
  session: Session,
  got: { readonly from: number; readonly bytes: Uint8Array },
): Promise<void> => {
  const { world } = session.opened();
  const letter = parseKeyLetter(got.bytes);
  if (isAhead(world, letter)) await world.refreshRoster();
  const { seed } = letter;
  if (!isKeyOf(world, seed, world.newsroomKey)) return;
  // Numbers made up by the thousand would fit into no vault, and the reader would never come in.
  const holders = letter.holders.filter((one) => onRoster(world, one));
  await world.records.change(() => taken(world, got.from, { seed, holders }));
};
