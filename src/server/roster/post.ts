import { equal } from "../../protocol/public/bytes.ts";
import type { PublicCrypto } from "../../protocol/public/crypto.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { CLOCK_TOLERANCE_DAYS } from "../../protocol/public/limits.ts";
import {
  type NewsroomEra,
  type NewsroomKeys,
  newestEra,
} from "../../protocol/public/newsroom-keys.ts";
import {
  currentMembers,
  type RosterEntry,
  type VerifiedRoster,
} from "../../protocol/public/roster.ts";
import { checkFollows } from "../../protocol/public/roster-chain.ts";
import { SETTINGS_LIMITS } from "../../protocol/public/settings.ts";
import type { RosterPost } from "../../protocol/public/staff-api.ts";
import { parseStatement, signedBytes } from "../../protocol/public/statement.ts";
import type { AppendLeaves } from "../database/append-leaves.ts";
import type { Transaction } from "../database/database.ts";
import { afterGivingWay } from "../database/give-way.ts";
import { dropMembersSlots } from "../database/member-slots.ts";
import { dropMembersKeys } from "../database/past-keys.ts";
import { lockRoster } from "../database/roster-lock.ts";
import type { Audit } from "../http/audit.ts";
import type { Member } from "../http/guards.ts";
import { dayOf, type World } from "../http/world.ts";
import { rosterLines } from "./audit.ts";
import type { Renewed } from "./key-changes.ts";
import {
  getNewestRoster,
  getNewestSettings,
  getNewsroomKeys,
  openSignedRoster,
  raiseVersion,
  type SignedRoster,
  storeRoster,
} from "./newsroom.ts";

/** What a new roster does to people; their accounts and invites are other rooms' business. */
export type People = {
  remove(tx: Transaction, memberNumbers: readonly number[]): Promise<void>;
  hasAdminAmong(tx: Transaction, memberNumbers: readonly number[]): Promise<boolean>;
};
/** A current member's new keys, which must have been asked for by that member. */
export type TakeKeys = (tx: Transaction, renewed: Renewed) => Promise<void>;
export type IsAdmin = (tx: Transaction, accountId: string) => Promise<boolean>;
export type Approve = (tx: Transaction, inviteId: Uint8Array, entry: RosterEntry) => Promise<void>;

/** Answers the number that is the newest now. Throws roster-changed, and codes of the protocol for a roster that may not be. */
export type PostRoster = (post: RosterPost, by: Member) => Promise<number>;

type SignedPost = RosterPost & { readonly by: number };

const numbersOf = (entries: readonly RosterEntry[]): readonly number[] =>
  entries.map(({ memberNumber }) => memberNumber);

const without = (
  entries: readonly RosterEntry[],
  others: readonly RosterEntry[],
): readonly RosterEntry[] => {
  const known = new Set(numbersOf(others));
  return entries.filter(({ memberNumber }) => !known.has(memberNumber));
};

const findByIdentity = (
  entries: readonly RosterEntry[],
  { identity }: RosterEntry,
): RosterEntry | undefined => entries.find((entry) => equal(entry.identity, identity));

/** Members that are current in both under different keys. */
const renewedIn = (newest: VerifiedRoster, next: VerifiedRoster): readonly Renewed[] => {
  const after = currentMembers(next);
  return currentMembers(newest).flatMap((before) => {
    const now = after.find(({ memberNumber }) => memberNumber === before.memberNumber);
    if (now === undefined || equal(now.identity, before.identity)) return [];
    return [{ roster: newest, before, after: now, replaced: findByIdentity(next.entries, before) }];
  });
};

export const checkDates = (roster: VerifiedRoster, today: number): void => {
  const [, longest] = SETTINGS_LIMITS.rosterDays;
  const latest = today + longest + CLOCK_TOLERANCE_DAYS;
  if (roster.validUntilDay < today || roster.validUntilDay > latest) {
    throw new SealdropError("roster-invalid");
  }
};

/** Number n + 1 is given once; the roster lock makes this read and the write one step. */
export const checkNext = (newest: VerifiedRoster, next: VerifiedRoster): void => {
  if (next.number !== newest.number + 1 || !equal(next.previousHash, newest.hash)) {
    throw new SealdropError("roster-changed");
  }
  checkFollows(newest, next);
};

/** Signed by a former key: its admin has not heard of the rotation yet, which is no fault of the bytes. */
const openPosted = (crypto: PublicCrypto, post: RosterPost, keys: NewsroomKeys): SignedRoster => {
  const { newsroomId, eras } = keys;
  const statement = parseStatement(post.statement, "roster");
  const message = signedBytes(statement, newsroomId);
  const hasSigned = ({ key }: NewsroomEra) =>
    crypto.verifyEd25519(statement.signature, message, key);
  const newest = newestEra(keys);
  if (!hasSigned(newest) && eras.some(hasSigned)) throw new SealdropError("roster-changed");
  return openSignedRoster(crypto, post, { newsroomId, key: newest.key });
};

type PostWorld = Pick<World, "db" | "crypto" | "now"> & {
  readonly audit: Audit;
  readonly people: People;
  /** Asked again under the lock: rights may have gone since the request began. */
  readonly isAdmin: IsAdmin;
  readonly approve: Approve;
  readonly takeKeys: TakeKeys;
  readonly append: AppendLeaves;
};

export const createPostRoster = (world: PostWorld): PostRoster => {
  const { db, crypto, now, people, isAdmin, approve, takeKeys, append, audit } = world;

  const admit = async (tx: Transaction, newcomers: readonly RosterEntry[], post: RosterPost) => {
    const [newcomer, another] = newcomers;
    // A member without an account could never publish a key: an invite comes with every new entry, and one at a time.
    const asked = post.approveInvite !== undefined;
    if (another !== undefined || asked !== (newcomer !== undefined)) {
      throw new SealdropError("roster-invalid");
    }
    if (newcomer !== undefined && post.approveInvite !== undefined) {
      await approve(tx, post.approveInvite, newcomer);
    }
  };

  const follow = async (tx: Transaction, signed: SignedRoster, post: SignedPost) => {
    const newest = await getNewestRoster(tx, crypto);
    const next = signed.roster;
    // The answer was lost and the browser asks again.
    if (equal(newest.hash, next.hash)) return;
    checkNext(newest, next);
    const held = { roster: newest, settings: await getNewestSettings(tx) };
    const before = currentMembers(newest);
    const after = currentMembers(next);
    const gone = numbersOf(without(before, after));
    await admit(tx, without(after, before), post);
    for (const renewed of renewedIn(newest, next)) await takeKeys(tx, renewed);
    // Nobody could ever sign again in such a newsroom's name.
    if (!(await people.hasAdminAmong(tx, numbersOf(after)))) throw new SealdropError("forbidden");
    await storeRoster(tx, signed);
    await append(tx, [signed.statement]);
    await people.remove(tx, gone);
    // Slots before keys, as whoever destroys keys locks.
    await dropMembersSlots(tx, gone);
    await dropMembersKeys(tx, gone);
    await raiseVersion(tx);
    const { roster, settings } = signed;
    await audit.append(tx, ...rosterLines(post.by, held, { roster, settings }));
  };

  return async (post, by) => {
    const signed = openPosted(crypto, post, await getNewsroomKeys(db, crypto));
    checkDates(signed.roster, dayOf(now()));
    await afterGivingWay(() =>
      db.$transaction(async (tx) => {
        await lockRoster(tx, "exclusive");
        if (!(await isAdmin(tx, by.accountId))) throw new SealdropError("forbidden");
        await follow(tx, signed, { ...post, by: by.memberNumber });
      }),
    );
    return signed.roster.number;
  };
};
