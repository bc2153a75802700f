import { equal } from "../../protocol/public/bytes.ts";
import type { PublicCrypto } from "../../protocol/public/crypto.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import {
  keyOfRoster,
  type NewsroomKeys,
  openNewsroomKeys,
} from "../../protocol/public/newsroom-keys.ts";
import {
  findMember,
  type NewsroomKey,
  openRoster,
  type Roster,
  type RosterEntry,
  type VerifiedRoster,
} from "../../protocol/public/roster.ts";
import { parseSettings, settingsHash } from "../../protocol/public/settings.ts";
import { bytes, type Transaction } from "../database/database.ts";

/** The newsroom's own statements as they are stored: its key, and the newest roster under it. */

export const CREATED = 0;
/** The one row of `newsroom_version`. */
const ONE = 1;

/** *Created* first, then every rotation in its order. Throws not-set-up. */
export const getNewsroomStatements = async (tx: Transaction): Promise<readonly Uint8Array[]> => {
  const rows = await tx.newsroomStatement.findMany({ orderBy: { ordinal: "asc" } });
  if (rows.length === 0) throw new SealdropError("not-set-up");
  return rows.map(({ statement }) => statement);
};

/** Throws not-set-up. */
export const getNewsroomKeys = async (
  tx: Transaction,
  crypto: PublicCrypto,
): Promise<NewsroomKeys> => openNewsroomKeys(crypto, await getNewsroomStatements(tx));

/** Throws not-set-up. */
export const getNewestRoster = async (
  tx: Transaction,
  crypto: PublicCrypto,
): Promise<VerifiedRoster> => {
  const keys = await getNewsroomKeys(tx, crypto);
  const row = await tx.roster.findFirst({
    orderBy: { number: "desc" },
    select: { number: true, statement: true },
  });
  if (row === null) throw new SealdropError("not-set-up");
  const { newsroomId } = keys;
  return openRoster(crypto, row.statement, { newsroomId, key: keyOfRoster(keys, row.number) });
};

/** Throws forbidden for whoever is on no list any more, or not yet. */
export const getCurrentMember = (roster: Roster, memberNumber: number): RosterEntry => {
  const entry = findMember(roster, memberNumber);
  if (entry?.state !== "current") throw new SealdropError("forbidden");
  return entry;
};

/** Throws not-set-up. */
export const getNewestSettings = async (tx: Transaction): Promise<Uint8Array> => {
  const row = await tx.roster.findFirst({
    orderBy: { number: "desc" },
    select: { settings: true },
  });
  if (row === null) throw new SealdropError("not-set-up");
  return row.settings;
};

/** A roster that came from outside, with the words it binds. */
export type SignedRoster = {
  readonly roster: VerifiedRoster;
  readonly statement: Uint8Array;
  readonly settings: Uint8Array;
};

/** PostgreSQL's int. */
const MOST = 0x7fff_ffff;

/** Throws bad-structure, bad-signature, wrong-newsroom, roster-invalid, settings-mismatch. */
export const openSignedRoster = (
  crypto: PublicCrypto,
  post: Pick<SignedRoster, "statement" | "settings">,
  newsroom: NewsroomKey,
): SignedRoster => {
  const { statement, settings } = post;
  const roster = openRoster(crypto, statement, newsroom);
  if (!equal(roster.settingsHash, settingsHash(crypto, settings))) {
    throw new SealdropError("settings-mismatch");
  }
  parseSettings(settings);
  const numbers = [roster.number, roster.validUntilDay, ...roster.entries.map((e) => e.generation)];
  if (numbers.some((number) => number > MOST)) throw new SealdropError("roster-invalid");
  return { roster, statement, settings };
};

export const storeRoster = async (tx: Transaction, signed: SignedRoster): Promise<void> => {
  const { roster, statement, settings } = signed;
  await tx.roster.create({
    data: {
      number: roster.number,
      hash: bytes(roster.hash),
      membersHash: bytes(roster.membersHash),
      validUntilDay: roster.validUntilDay,
      statement: bytes(statement),
      settings: bytes(settings),
    },
    select: { number: true },
  });
};

/** Tells every replica that the newsroom's public answer is another now. */
export const raiseVersion = async (tx: Transaction): Promise<void> => {
  await tx.newsroomVersion.upsert({
    where: { id: ONE },
    create: { id: ONE, version: 1 },
    update: { version: { increment: 1 } },
  });
};

/** Null before set-up. */
export const findVersion = async (tx: Transaction): Promise<number | null> =>
  (await tx.newsroomVersion.findUnique({ where: { id: ONE } }))?.version ?? null;
