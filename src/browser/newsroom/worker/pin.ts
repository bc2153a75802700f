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
};

const RECORD = "state";

const encodePin = (pin: Pin): Uint8Array =>
  pin.commitment === null
    ? concat([u8(1), u32(pin.number), pin.hash])
    : concat([u8(2), u32(pin.number), pin.hash, u32(pin.rotations), pin.commitment]);

const parsePin = (bytes: Uint8Array | null): Pin | null => {
  if (bytes === null) return null;
  const reader = readerOf(bytes);
  const version = reader.u8();
  if (version !== 1 && version !== 2) return null;
  const number = reader.u32();
  const hash = reader.bytes(HASH);
  if (version === 1) return { number, hash, rotations: 0, commitment: null };
  return { number, hash, rotations: reader.u32(), commitment: reader.bytes(HASH) };
};

/** Before the newsroom's key was ever changed. */
const firstPin = ({ number, hash }: VerifiedRoster): Pin => ({
  number,
  hash,
  rotations: 0,
  commitment: null,
});

const pinOf = (chain: Chain): Pin => {
  const { number, hash } = chain.newest().roster;
  const keys = chain.keys();
  const commitment = newestEra(keys).nextCommitment;
  return { number, hash, rotations: keys.eras.length - 1, commitment };
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

export const readTrust = async ({ member, store }: PinWorld, chain: Chain): Promise<Trust> => {
  const inVault = parsePin(member.records.get(RECORD));
  const inBrowser = parsePin(await store.get(storeKey(member)));
  return trustIn(chain, [inVault, inBrowser]);
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
