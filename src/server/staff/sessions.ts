import { equal } from "../../protocol/public/bytes.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { ID } from "../../protocol/public/limits.ts";
import { SessionKind } from "../../protocol/public/second-factor-api.ts";
import type { Sessions as SessionsAnswer } from "../../protocol/public/signin-api.ts";
import { bytes, type Transaction } from "../database/database.ts";
import { endSessions } from "../database/end-sessions.ts";
import { Prisma } from "../database/generated/client.ts";
import type { StaffSession } from "../http/guards.ts";
import { dayOf, type World } from "../http/world.ts";

/** Staff sessions in PostgreSQL under the hash of a random token: every replica knows them, and a stolen table opens none. */
export const IDLE_MS = 15 * 60_000;
const LONGEST_MS = 16 * 3_600_000;
/** Activity is written down this often at most: a session may lock that much before its quarter of an hour. */
const NOTE_EVERY_MS = 30_000;

/** Whoever logs in more often within sixteen hours ends all others at once. */
const MOST_SHOWN = 100;

export type FoundSession = StaffSession & { readonly locked: boolean };

export type Sessions = {
  /** Answers the token for the cookie. */
  start(accountId: string, kind: SessionKind, within?: Transaction): Promise<Uint8Array>;
  /** Null: none, or past its longest time. Notes activity unless locked, or `background`: a page that polls is not a person. */
  find(token: Uint8Array, background: boolean): Promise<FoundSession | null>;
  unlock(session: StaffSession): Promise<void>;
  end(session: StaffSession): Promise<void>;
  endAll(accountId: string, within: Transaction): Promise<void>;
  endOthers(session: StaffSession, within: Transaction): Promise<void>;
  /** Those that still hold, the newest first; their ids are no tokens and lead to none. */
  list(session: StaffSession): Promise<SessionsAnswer["sessions"]>;
  /** One's own, this one too. Throws not-found. */
  endById(session: StaffSession, id: Uint8Array, within: Transaction): Promise<void>;
  tidy(): Promise<void>;
  /** How many still stand under that secret; a row without a name counts, it is older than the names. */
  countUnder(secretId: Uint8Array): Promise<number>;
};

type Row = {
  readonly tokenHash: Uint8Array;
  readonly accountId: string;
  readonly activeAt: Date;
  readonly userName: string;
  readonly role: string;
  readonly memberNumber: number | null;
};

type Hashes = FoundSession["tokenHashes"];

const sessionOf = (row: Row, tokenHashes: Hashes, locked: boolean): FoundSession => ({
  tokenHashes,
  accountId: row.accountId,
  userName: row.userName,
  role: row.role === "admin" ? "admin" : "journalist",
  memberNumber: row.memberNumber,
  locked,
});

type SessionsWorld = Pick<World, "db" | "secrets" | "now">;

export const createSessions = ({ db, secrets, now }: SessionsWorld): Sessions => {
  const oldest = (): Date => new Date(now().getTime() - LONGEST_MS);
  const anyOf = (hashes: Hashes) => ({ in: hashes.map(bytes) });
  const idOf = (tokenHash: Uint8Array): Uint8Array =>
    secrets.hash("session-id", tokenHash).subarray(0, ID);

  const noteActivity = async (tokenHashes: Hashes): Promise<void> => {
    await db.session.updateMany({
      where: { tokenHash: anyOf(tokenHashes) },
      data: { activeAt: now() },
    });
  };

  /** To the secret that is written under, if it stands under the one before. */
  const move = async ({ tokenHash }: Row, token: Uint8Array): Promise<void> => {
    const { previous } = secrets;
    if (previous === null || !equal(previous.hash("session", token), tokenHash)) return;
    const moved = bytes(secrets.hash("session", token));
    await db.session.updateMany({
      where: { tokenHash: bytes(tokenHash) },
      data: { tokenHash: moved, secretId: bytes(secrets.id) },
    });
  };

  return {
    start: async (accountId, kind, within = db) => {
      const token = secrets.random(32);
      const tokenHash = bytes(secrets.hash("session", token));
      const secretId = bytes(secrets.id);
      const at = now();
      await within.session.create({
        data: { tokenHash, secretId, accountId, startedAt: at, activeAt: at, kind },
        select: { accountId: true },
      });
      return token;
    },
    find: async (token, background) => {
      const hashes = secrets.hashes("session", token).map(bytes);
      const [row] = await db.$queryRaw<Row[]>`
        SELECT token_hash AS "tokenHash", account_id AS "accountId", active_at AS "activeAt",
          user_name AS "userName", role, member_number AS "memberNumber"
        FROM session JOIN account ON account.id = session.account_id
        WHERE token_hash IN (${Prisma.join(hashes)}) AND started_at > ${oldest()}::timestamptz`;
      if (row === undefined) return null;
      const idleMs = now().getTime() - row.activeAt.getTime();
      const locked = idleMs >= IDLE_MS;
      if (!locked && !background && idleMs >= NOTE_EVERY_MS) await noteActivity(hashes);
      await move(row, token);
      return sessionOf(row, hashes, locked);
    },
    unlock: (session) => noteActivity(session.tokenHashes),
    end: async ({ tokenHashes }) => {
      await db.session.deleteMany({ where: { tokenHash: anyOf(tokenHashes) } });
    },
    endAll: (accountId, within) => endSessions(within, accountId),
    endOthers: ({ accountId, tokenHashes }, within) => endSessions(within, accountId, tokenHashes),
    countUnder: (secretId) =>
      db.session.count({
        where: {
          startedAt: { gt: oldest() },
          OR: [{ secretId: bytes(secretId) }, { secretId: null }],
        },
      }),
    list: async ({ accountId, tokenHashes }) => {
      const rows = await db.session.findMany({
        where: { accountId, startedAt: { gt: oldest() } },
        orderBy: { startedAt: "desc" },
        take: MOST_SHOWN,
      });
      return rows.map((row) => ({
        id: idOf(row.tokenHash),
        kind: SessionKind.parse(row.kind),
        startedDay: dayOf(row.startedAt),
        activeDay: dayOf(row.activeAt),
        current: tokenHashes.some((one) => secrets.equal(one, row.tokenHash)),
      }));
    },
    endById: async ({ accountId }, id, within) => {
      const rows = await within.session.findMany({
        where: { accountId },
        select: { tokenHash: true },
      });
      const found = rows.find((row) => secrets.equal(idOf(row.tokenHash), id));
      if (found === undefined) throw new SealdropError("not-found");
      await within.session.deleteMany({ where: { tokenHash: found.tokenHash, accountId } });
    },
    tidy: async () => {
      await db.session.deleteMany({ where: { startedAt: { lte: oldest() } } });
    },
  };
};
