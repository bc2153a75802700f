import { concat, equal, hex, readerOf, u8, u32 } from "../../../protocol/public/bytes.ts";
import { HASH } from "../../../protocol/public/limits.ts";
import { newestEra } from "../../../protocol/public/newsroom-keys.ts";
import type { VerifiedRoster } from "../../../protocol/public/roster.ts";
import type { BrowserStore } from "./browser-store.ts";
import type { Chain } from "./roster-chain.ts";
import type { Records } from "./vault.ts";
import type { Member } from "./world.ts";

/**
 * Which roster this member has last held, in the vault and in this browser. An admin signs a successor by itself only of the
 * roster that both name: else a server could offer an old list for renewal. docs/protocol.md §5.5.
 */

/** `held`: both name the newest. `unknown`: one lacks it or names an older one. `contradicted`: the chain does not hold what one names. */
export type Trust = "held" | "unknown" | "contradicted";

type Pin = {
  readonly number: number;
  readonly hash: Uint8Array;
  /** Rotations of the newsroom's key, and what the last one commits to: a roster's hash does not cover them. */
  readonly rotations: number;
  readonly commitment: Uint8Array | null;
  /** Of the roster: a *restored* of an earlier day explains nothing of it. */
  readonly issuedDay: number;
};

const RECORD = "state";

/** Others, of clients before them, hold no day: whoever has one is asked about the list once. */
const PLAIN = 3;
const ROTATED = 4;

const encodePin = ({ number, hash, issuedDay, rotations, commitment }: Pin): Uint8Array => {
  const list = [u32(number), hash, u32(issuedDay)];
  return commitment === null
    ? concat([u8(PLAIN), ...list])
    : concat([u8(ROTATED), ...list, u32(rotations), commitment]);
};

const parsePin = (bytes: Uint8Array | null): Pin | null => {
  if (bytes === null) return null;
  const reader = readerOf(bytes);
  const version = reader.u8();
  if (version !== PLAIN && version !== ROTATED) return null;
  const list = { number: reader.u32(), hash: reader.bytes(HASH), issuedDay: reader.u32() };
  if (version === PLAIN) return { ...list, rotations: 0, commitment: null };
  return { ...list, rotations: reader.u32(), commitment: reader.bytes(HASH) };
};

/** Before the newsroom's key was ever changed. */
const firstPin = ({ number, hash, issuedDay }: VerifiedRoster): Pin => ({
  number,
  hash,
  issuedDay,
  rotations: 0,
  commitment: null,
});

const pinOf = (chain: Chain): Pin => {
  const { number, hash, issuedDay } = chain.newest().roster;
  const keys = chain.keys();
  const commitment = newestEra(keys).nextCommitment;
  return { number, hash, issuedDay, rotations: keys.eras.length - 1, commitment };
};

const isHeldBy = (chain: Chain, { number, hash, rotations, commitment }: Pin): boolean => {
  if (chain.find(number, hash) === null) return false;
  if (commitment === null) return true;
  const era = chain.keys().eras[rotations];
  return era !== undefined && equal(era.nextCommitment, commitment);
};

const storeKey = (member: Member): string =>
  `roster:${hex(member.newsroomId)}:${member.me.userName}`;

export type PinWorld = { readonly member: Member; readonly store: BrowserStore };

const trustIn = (chain: Chain, pins: readonly (Pin | null)[]): Trust => {
  const newest = chain.newest().roster;
  const known = pins.filter((pin) => pin !== null);
  if (!known.every((one) => isHeldBy(chain, one))) return "contradicted";
  const all = pins.every((pin) => pin !== null && pin.number === newest.number);
  return all ? "held" : "unknown";
};

const readPins = async ({ member, store }: PinWorld): Promise<readonly (Pin | null)[]> => [
  parsePin(member.records.get(RECORD)),
  parsePin(await store.get(storeKey(member))),
];

export const readTrust = async (world: PinWorld, chain: Chain): Promise<Trust> =>
  trustIn(chain, await readPins(world));

/** On which day the newest list was issued that is held and that the chain does not hold; 0 when there is none. */
export const dayOfGone = async (world: PinWorld, chain: Chain): Promise<number> => {
  const gone = (await readPins(world)).filter((one) => one !== null && !isHeldBy(chain, one));
  return Math.max(0, ...gone.map((one) => one?.issuedDay ?? 0));
};

/** What the first roster's vault starts with. */
export const pinRecord = (roster: VerifiedRoster): readonly [string, Uint8Array] => [
  RECORD,
  encodePin(firstPin(roster)),
];

type Choice = (there: Pin | null, pin: Pin) => Pin;

/** A tab that is slower than another one takes nothing back that the other holds, nor does a fork take its place. */
const newer: Choice = (there, pin) => {
  if (there === null || there.number < pin.number) return pin;
  return there.number > pin.number || !equal(there.hash, pin.hash) ? there : pin;
};

const savePin = (records: Records, choose: (there: Pin | null) => Pin): Promise<void> =>
  records.change((current) => {
    const there = current.get(RECORD) ?? null;
    const next = encodePin(choose(parsePin(there)));
    return there !== null && equal(there, next) ? null : { put: new Map([[RECORD, next]]) };
  });

const hold = async ({ member, store }: PinWorld, pin: Pin, choice: Choice): Promise<void> => {
  await savePin(member.records, (there) => choice(there, pin));
  const key = storeKey(member);
  await store.put(key, encodePin(choice(parsePin(await store.get(key)), pin)));
};

/** From now on this member and this browser hold the chain as it stands, or what another tab holds that is newer. */
export const pin = (world: PinWorld, chain: Chain): Promise<void> =>
  hold(world, pinOf(chain), newer);

/** The same after a restore, whose list is an older one than the one held. */
export const pinBack = (world: PinWorld, chain: Chain): Promise<void> =>
  hold(world, pinOf(chain), (_there, back) => back);

/** Holds nothing newer than the first roster: whoever signs is asked about the list by name before the next signature. */
export const pinUnconfirmed = (world: PinWorld, first: VerifiedRoster): Promise<void> =>
  hold(world, firstPin(first), (_there, back) => back);

/** For the browser that has just made the first roster, before any session exists. */
export const pinFirst = (
  store: BrowserStore,
  key: { readonly newsroomId: Uint8Array; readonly userName: string },
  roster: VerifiedRoster,
): Promise<void> =>
  store.put(`roster:${hex(key.newsroomId)}:${key.userName}`, encodePin(firstPin(roster)));
