import { SealdropError } from "../../protocol/public/errors.ts";
import { HASH } from "../../protocol/public/limits.ts";
import {
  MOST_REQUESTS,
  REQUEST_DAYS,
  type RecoveryAnswers,
  type RecoveryAsk,
  type RecoveryRequests,
} from "../../protocol/public/word-share-api.ts";
import { bytes } from "../database/database.ts";
import type { Audit } from "../http/audit.ts";
import type { Member } from "../http/guards.ts";
import { dayOf, type World } from "../http/world.ts";

/** Requests of people who have lost everything. Anybody may ask in anybody's name: colleagues compare words before they give. */
export type Requests = {
  /** One statement, whether the name exists or not; a name without shares, or with too many requests, gets none. */
  ask(asked: RecoveryAsk): Promise<void>;
  /** Nothing yet, and no such request: the same. */
  answers(token: Uint8Array): Promise<RecoveryAnswers>;
  /** By whoever drew the token; no such request: the same. */
  withdraw(token: Uint8Array): Promise<void>;
  /** Those that this member can help with. */
  list(holder: number): Promise<RecoveryRequests>;
  /** The same holder again replaces nothing. Throws not-found. */
  answer(holder: number, id: Uint8Array, sealed: Uint8Array): Promise<void>;
  drop(by: Member, id: Uint8Array): Promise<void>;
  tidy(): Promise<void>;
};

type RequestsWorld = Pick<World, "db" | "crypto" | "secrets" | "now"> & { readonly audit: Audit };

export const createRequests = ({ db, crypto, secrets, now, audit }: RequestsWorld): Requests => {
  // No key: 32 random bytes need none, and a request outlives a change of the server's secret.
  const hashed = (token: Uint8Array) => bytes(crypto.blake2b(HASH, token));
  const oldest = (): number => dayOf(now()) - REQUEST_DAYS;

  return {
    ask: async ({ userName, token, xwing, x25519 }) => {
      const id = bytes(secrets.random(16));
      await db.$executeRaw`
        INSERT INTO recovery_request (id, account_id, token_hash, xwing, x25519, day)
        SELECT ${id}, account.id, ${hashed(token)}, ${bytes(xwing)}, ${bytes(x25519)},
          ${dayOf(now())}::int
        FROM account JOIN share_set ON share_set.account_id = account.id AND words = 'recovery'
        WHERE user_name = ${userName} AND (SELECT count(*) FROM recovery_request AS r
          WHERE r.account_id = account.id) < ${MOST_REQUESTS}::int
        ON CONFLICT DO NOTHING`;
    },
    answers: async (token) => {
      const rows = await db.recoveryAnswer.findMany({
        where: { request: { tokenHash: hashed(token), day: { gte: oldest() } } },
        select: { memberNumber: true, sealed: true },
        orderBy: { memberNumber: "asc" },
      });
      return { answers: rows.map((row) => ({ holder: row.memberNumber, sealed: row.sealed })) };
    },
    withdraw: async (token) => {
      await db.recoveryRequest.deleteMany({ where: { tokenHash: hashed(token) } });
    },
    list: async (holder) => {
      const set = { words: "recovery", holders: { some: { memberNumber: holder } } };
      const rows = await db.recoveryRequest.findMany({
        where: { day: { gte: oldest() }, account: { shareSets: { some: set } } },
        include: {
          account: { select: { memberNumber: true, userName: true, shareSets: { where: set } } },
          answers: { where: { memberNumber: holder }, select: { memberNumber: true } },
        },
        orderBy: { day: "asc" },
      });
      const requests = rows.flatMap(({ account, answers, id, xwing, x25519, day }) => {
        const { memberNumber, userName, shareSets } = account;
        const setId = shareSets[0]?.setId;
        if (memberNumber === null || setId === undefined) return [];
        const answered = answers.length > 0;
        return [{ id, member: memberNumber, userName, setId, day, answered, xwing, x25519 }];
      });
      return { requests };
    },
    answer: (holder, id, sealed) =>
      db.$transaction(async (tx) => {
        const row = await tx.recoveryRequest.findFirst({
          where: {
            id: bytes(id),
            day: { gte: oldest() },
            account: {
              shareSets: {
                some: { words: "recovery", holders: { some: { memberNumber: holder } } },
              },
            },
          },
          select: { account: { select: { memberNumber: true } } },
        });
        const subject = row?.account.memberNumber ?? null;
        if (subject === null) throw new SealdropError("not-found");
        const data = { requestId: bytes(id), memberNumber: holder, sealed: bytes(sealed) };
        const { count } = await tx.recoveryAnswer.createMany({ data, skipDuplicates: true });
        if (count === 0) return;
        await audit.append(tx, { kind: "recovery-share-given", actor: holder, subject });
      }),
    drop: ({ memberNumber }, id) =>
      db.$transaction(async (tx) => {
        const gone = await tx.recoveryRequest.findUnique({
          where: { id: bytes(id) },
          select: { account: { select: { memberNumber: true } } },
        });
        const { count } = await tx.recoveryRequest.deleteMany({ where: { id: bytes(id) } });
        const subject = gone?.account.memberNumber ?? null;
        if (count === 0 || subject === null) return;
        const kind = "recovery-request-dropped";
        await audit.append(tx, { kind, actor: memberNumber, subject });
      }),
    tidy: async () => {
      await db.recoveryRequest.deleteMany({ where: { day: { lt: oldest() } } });
    },
  };
};
