import { MAX_NEWSROOM_STATEMENTS } from "../../protocol/public/bundle.ts";
import { equal } from "../../protocol/public/bytes.ts";
import type { PublicCrypto } from "../../protocol/public/crypto.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { CLOCK_TOLERANCE_DAYS } from "../../protocol/public/limits.ts";
import {
  newestEra,
  openNewsroomKeys,
  parseRotation,
  type Rotation,
} from "../../protocol/public/newsroom-keys.ts";
import type { VerifiedRoster } from "../../protocol/public/roster.ts";
import type { RotationPost, RotationPosted } from "../../protocol/public/rotation-api.ts";
import { parseStatement } from "../../protocol/public/statement.ts";
import type { AppendLeaves } from "../database/append-leaves.ts";
import { bytes, type Transaction } from "../database/database.ts";
import { lockRoster } from "../database/roster-lock.ts";
import type { Audit } from "../http/audit.ts";
import type { Member } from "../http/guards.ts";
import { dayOf, type World } from "../http/world.ts";
import {
  getNewestRoster,
  getNewsroomStatements,
  openSignedRoster,
  raiseVersion,
  type SignedRoster,
  storeRoster,
} from "./newsroom.ts";
import { checkDates, checkNext, type IsAdmin } from "./post.ts";

/** A new newsroom key, and the next roster under it, in one step. docs/protocol.md §4.5, docs/adr/0012. */

/** Throws roster-changed when somebody else was faster, forbidden, and codes of the protocol. */
export type RotateNewsroom = (by: Member, post: RotationPost) => Promise<RotationPosted>;

/** The answer was lost and the browser asks again; anything else in a place that is taken came too late. */
const repeated = async (
  tx: Transaction,
  rotation: Rotation,
  { post, statements }: { readonly post: RotationPost; readonly statements: readonly Uint8Array[] },
): Promise<RotationPosted> => {
  const there = statements[rotation.ordinal];
  if (there === undefined || !equal(there, post.rotation)) {
    throw new SealdropError("roster-changed");
  }
  const number = rotation.afterRoster + 1;
  const roster = await tx.roster.findUnique({ where: { number }, select: { statement: true } });
  if (roster === null || !equal(roster.statement, post.statement)) {
    throw new SealdropError("roster-changed");
  }
  return { ordinal: rotation.ordinal, number };
};

type Posted = { readonly post: RotationPost; readonly actor: number };

/** A rotation changes the key and nothing else: whoever comes or goes does so by a roster of its own. */
const checkRoster = (newest: VerifiedRoster, next: VerifiedRoster, today: number): void => {
  checkDates(next, today);
  checkNext(newest, next);
  if (!equal(newest.membersHash, next.membersHash)) throw new SealdropError("roster-invalid");
};

const openFollowing = (
  crypto: PublicCrypto,
  post: RotationPost,
  statements: readonly Uint8Array[],
): SignedRoster => {
  const keys = openNewsroomKeys(crypto, [...statements, post.rotation]);
  const { newsroomId } = keys;
  return openSignedRoster(crypto, post, { newsroomId, key: newestEra(keys).key });
};

type RotateWorld = Pick<World, "db" | "crypto" | "now"> & {
  readonly audit: Audit;
  readonly append: AppendLeaves;
  readonly isAdmin: IsAdmin;
};

export const createRotateNewsroom = (world: RotateWorld): RotateNewsroom => {
  const { db, crypto, now, isAdmin, audit, append } = world;

  const follow = async (tx: Transaction, rotation: Rotation, { post, actor }: Posted) => {
    const statements = await getNewsroomStatements(tx);
    if (rotation.ordinal < statements.length) return repeated(tx, rotation, { post, statements });
    if (statements.length >= MAX_NEWSROOM_STATEMENTS) throw new SealdropError("forbidden");
    const newest = await getNewestRoster(tx, crypto);
    const signed = openFollowing(crypto, post, statements);
    if (rotation.afterRoster !== newest.number) throw new SealdropError("roster-changed");
    checkRoster(newest, signed.roster, dayOf(now()));
    const { ordinal } = rotation;
    const data = { ordinal, statement: bytes(post.rotation) };
    await tx.newsroomStatement.create({ data, select: { ordinal: true } });
    await storeRoster(tx, signed);
    await append(tx, [post.rotation, post.statement]);
    await raiseVersion(tx);
    const { number } = signed.roster;
    const kind = rotation.stolen ? "newsroom-key-stolen" : "newsroom-key-rotated";
    const line = { kind: "roster-signed", actor, values: { number } } as const;
    await audit.append(tx, { kind, actor, values: { ordinal } }, line);
    return { ordinal, number };
  };

  return ({ accountId, memberNumber: actor }, post) => {
    const statement = parseStatement(post.rotation, "newsroom-rotated");
    const { rotation } = parseRotation(statement);
    if (Math.abs(rotation.day - dayOf(now())) > CLOCK_TOLERANCE_DAYS) {
      throw new SealdropError("bad-request");
    }
    return db.$transaction(async (tx) => {
      await lockRoster(tx, "exclusive");
      if (!(await isAdmin(tx, accountId))) throw new SealdropError("forbidden");
      return follow(tx, rotation, { post, actor });
    });
  };
};
