import { bytes, type Transaction } from "../database/database.ts";
import type { StaffSession } from "../http/guards.ts";
import type { World } from "../http/world.ts";

/** Staff sessions in PostgreSQL under the hash of a random token: every replica knows them, and a stolen table opens none. */
export const IDLE_MS = 15 * 60_000;
const LONGEST_MS = 16 * 3_600_000;
/** Activity is written down this often at most: a session may lock that much before its quarter of an hour. */
const NOTE_EVERY_MS = 30_000;

export type FoundSession = StaffSession & { readonly locked: boolean };

export type Sessions = {
  /** Answers the token for the cookie. */
  start(accountId: string, within?: Transaction): Promise<Uint8Array>;
  /** Null: none, or past its longest time. Notes activity unless locked, or `background`: a page that polls is not a person. */
  find(token: Uint8Array, background: boolean): Promise<FoundSession | null>;
  unlock(session: StaffSession): Promise<void>;
  end(session: StaffSession): Promise<void>;
  endAll(accountId: string): Promise<void>;
  endOthers(session: StaffSession, within: Transaction): Promise<void>;
  tidy(): Promise<void>;
};

type Row = {
  readonly tokenHash: Uint8Array;
  readonly accountId: string;
  readonly activeAt: Date;
  readonly userName: string;
  readonly role: string;
  readonly memberNumber: number | null;
};

const sessionOf = (row: Row, locked: boolean): FoundSession => ({
  tokenHash: row.tokenHash,
  accountId: row.accountId,
  userName: row.userName,
  role: row.role === "admin" ? "admin" : "journalist",
  memberNumber: row.memberNumber,
  locked,
});

type SessionsWorld = Pick<World, "db" | "secrets" | "now">;

export const createSessions = ({ db, secrets, now }: SessionsWorld): Sessions => {
  const oldest = (): Date => new Date(now().getTime() - LONGEST_MS);
  const hashed = (token: Uint8Array) => bytes(secrets.hash("session", token));

  const noteActivity = async (tokenHash: Uint8Array): Promise<void> => {
    await db.session.updateMany({
      where: { tokenHash: bytes(tokenHash) },
      data: { activeAt: now() },
    });
  };

  return {
    start: async (accountId, within = db) => {
      const token = secrets.random(32);
      const at = now();
      await within.session.create({
        data: { tokenHash: hashed(token), accountId, startedAt: at, activeAt: at },
        select: { accountId: true },
      });
      return token;
    },
    find: async (token, background) => {
      const [row] = await db.$queryRaw<Row[]>`
        SELECT token_hash AS "tokenHash", account_id AS "accountId", active_at AS "activeAt",
          user_name AS "userName", role, member_number AS "memberNumber"
        FROM session JOIN account ON account.id = session.account_id
        WHERE token_hash = ${hashed(token)} AND started_at > ${oldest()}::timestamptz`;
      if (row === undefined) return null;
      const idleMs = now().getTime() - row.activeAt.getTime();
      const locked = idleMs >= IDLE_MS;
      if (!locked && !background && idleMs >= NOTE_EVERY_MS) await noteActivity(row.tokenHash);
      return sessionOf(row, locked);
    },
    unlock: (session) => noteActivity(session.tokenHash),
    end: async ({ tokenHash }) => {
      await db.session.deleteMany({ where: { tokenHash: bytes(tokenHash) } });
    },
    endAll: async (accountId) => {
      await db.session.deleteMany({ where: { accountId } });
    },
    endOthers: async ({ accountId, tokenHash }, within) => {
      await within.session.deleteMany({
        where: { accountId, tokenHash: { not: bytes(tokenHash) } },
      });
    },
    tidy: async () => {
      await db.session.deleteMany({ where: { startedAt: { lte: oldest() } } });
    },
  };
};
