import type { Reader } from "./bytes.ts";
import { concat, equal, readerOf, sized, u8, u16, u32, utf8 } from "./bytes.ts";
import type {
  IdentityPublicKey,
  NewsroomId,
  NewsroomPublicKey,
  PublicCrypto,
  RosterHash,
  StaticPublicKey,
} from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { hash } from "./labels.ts";
import { CLOCK_TOLERANCE_DAYS, HASH, MAX_ENTRIES, MAX_NAME } from "./limits.ts";
import { checkMembers } from "./roster-rules.ts";
import { parseStatement, verifyStatement } from "./statement.ts";

/** The roster: whom a source may seal to. docs/protocol.md §5. */

export const MEMBER_STATES = ["current", "rotated", "left", "stolen"] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

export type RosterEntry = {
  readonly memberNumber: number;
  readonly state: MemberState;
  /** 1 to 40 for current entries, without gaps; 0 for all others. */
  readonly position: number;
  /** Messaging keys of a lower generation are void. */
  readonly generation: number;
  readonly identity: IdentityPublicKey;
  readonly static: StaticPublicKey;
  readonly name: string;
};

export type Roster = {
  readonly newsroomId: NewsroomId;
  readonly number: number;
  /** Hash of roster number - 1; zeros for the first. */
  readonly previousHash: Uint8Array;
  readonly issuedDay: number;
  readonly validUntilDay: number;
  readonly settingsHash: Uint8Array;
  readonly entries: readonly RosterEntry[];
};

/** A roster that verified, with its two hashes. */
export type VerifiedRoster = Roster & {
  readonly hash: RosterHash;
  readonly membersHash: Uint8Array;
};

const encodeEntry = (entry: RosterEntry): Uint8Array =>
  concat([
    u16(entry.memberNumber),
    u8(MEMBER_STATES.indexOf(entry.state)),
    u8(entry.position),
    u32(entry.generation),
    entry.identity,
    entry.static,
    sized(utf8(entry.name)),
  ]);

const encodeMembers = (roster: Roster): Uint8Array =>
  concat([roster.settingsHash, u16(roster.entries.length), ...roster.entries.map(encodeEntry)]);

/** The payload an admin signs. */
export const encodeRoster = (roster: Roster): Uint8Array =>
  concat([
    u8(1),
    roster.newsroomId,
    u32(roster.number),
    roster.previousHash,
    u32(roster.issuedDay),
    u32(roster.validUntilDay),
    encodeMembers(roster),
  ]);

const parseEntry = (reader: Reader): RosterEntry => {
  const memberNumber = reader.u16();
  const state = MEMBER_STATES[reader.u8()];
  if (state === undefined) throw new SealdropError("bad-structure");
  const position = reader.u8();
  const generation = reader.u32();
  const identity = reader.bytes(32) as IdentityPublicKey;
  const staticKey = reader.bytes(32) as StaticPublicKey;
  const name = reader.text(MAX_NAME * 4);
  if (name.length === 0 || name.length > MAX_NAME) throw new SealdropError("bad-structure");
  return { memberNumber, state, position, generation, identity, static: staticKey, name };
};

/** Shape only. Throws bad-structure. */
export const parseRoster = (payload: Uint8Array): Roster => {
  const reader = readerOf(payload);
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const newsroomId = reader.bytes(HASH) as NewsroomId;
  const number = reader.u32();
  const previousHash = reader.bytes(HASH);
  const issuedDay = reader.u32();
  const validUntilDay = reader.u32();
  const settings = reader.bytes(HASH);
  const count = reader.u16();
  if (count > MAX_ENTRIES) throw new SealdropError("bad-structure");
  const entries = Array.from({ length: count }, () => parseEntry(reader));
  reader.end();
  return {
    newsroomId,
    number,
    previousHash,
    issuedDay,
    validUntilDay,
    settingsHash: settings,
    entries,
  };
};

/** Hash that headers and later rosters name. */
export const rosterHash = (crypto: PublicCrypto, payload: Uint8Array): RosterHash =>
  hash(crypto, "roster-hash", [payload]) as RosterHash;

/** Covers everything but number, previous hash and dates: equal for a roster and its renewal. */
export const membersHash = (crypto: PublicCrypto, roster: Roster): Uint8Array =>
  hash(crypto, "members-hash", [roster.newsroomId, encodeMembers(roster)]);

export type NewsroomKey = { readonly newsroomId: NewsroomId; readonly key: NewsroomPublicKey };

/**
 * Parses and verifies signature, newsroom and every rule that needs no clock and no other roster.
 * Throws bad-structure, bad-signature, wrong-newsroom, roster-invalid.
 */
export const openRoster = (
  crypto: PublicCrypto,
  bytes: Uint8Array,
  newsroom: NewsroomKey,
): VerifiedRoster => {
  const statement = parseStatement(bytes, "roster");
  verifyStatement(crypto, statement, { newsroomId: newsroom.newsroomId, key: newsroom.key });
  const roster = parseRoster(statement.payload);
  if (!equal(roster.newsroomId, newsroom.newsroomId)) throw new SealdropError("wrong-newsroom");
  if (roster.number === 0 || roster.validUntilDay < roster.issuedDay) {
    throw new SealdropError("roster-invalid");
  }
  checkMembers(roster.entries);
  return {
    ...roster,
    hash: rosterHash(crypto, statement.payload),
    membersHash: membersHash(crypto, roster),
  };
};

/** Whether the roster may be written under today; a day's tolerance for clocks. */
export const checkDates = (roster: Roster, today: number): void => {
  if (today > roster.validUntilDay + CLOCK_TOLERANCE_DAYS) {
    throw new SealdropError("roster-lapsed");
  }
  if (today < roster.issuedDay - CLOCK_TOLERANCE_DAYS) throw new SealdropError("roster-early");
};

/** Current members in order of position: index 0 holds position 1. */
export const currentMembers = (roster: Roster): readonly RosterEntry[] =>
  roster.entries
    .filter((entry) => entry.state === "current")
    .sort((a, b) => a.position - b.position);

/** How many slots a message under this roster carries: position 0 is the source's. */
export const slotCount = (roster: Roster): number => currentMembers(roster).length + 1;

/**
 * The entry that speaks for a member: the current one, or how they left. Entries that newer keys have taken the place of, *rotated* or
 * *stolen*, never do: each key of a member has a higher generation than the one before.
 */
export const findMember = (roster: Roster, memberNumber: number): RosterEntry | null => {
  const own = roster.entries.filter((entry) => entry.memberNumber === memberNumber);
  const inState = (state: MemberState) => own.filter((entry) => entry.state === state);
  const [newest] = inState("stolen").sort((a, b) => b.generation - a.generation);
  return inState("current")[0] ?? inState("left")[0] ?? newest ?? null;
};
