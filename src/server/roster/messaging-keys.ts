import { equal } from "../../protocol/public/bytes.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { PERIODS_AHEAD } from "../../protocol/public/limits.ts";
import { type MessagingKey, openMessagingKey } from "../../protocol/public/messaging-key.ts";
import type { Roster } from "../../protocol/public/roster.ts";
import type { ClosedPeriods, MessagingKeysAnswer } from "../../protocol/public/staff-api.ts";
import { isPeriodClosed, periodOf } from "../../protocol/public/time.ts";
import type { AppendLeaves } from "../database/append-leaves.ts";
import { closeEndedPeriods } from "../database/closed-periods.ts";
import { bytes, type Transaction } from "../database/database.ts";
import { afterGivingWay } from "../database/give-way.ts";
import { closedPeriodsOf, dropSlotsOfKeys, type KeyPeriod } from "../database/member-slots.ts";
import { endDestroyedKeys } from "../database/past-keys.ts";
import { lockRoster } from "../database/roster-lock.ts";
import type { Audit } from "../http/audit.ts";
import { dayOf, type World } from "../http/world.ts";
import { getCurrentMember, getNewestRoster, raiseVersion } from "./newsroom.ts";

/** Published messaging keys: one for each member, generation and period, and never a second in its place. */
export type MessagingKeys = {
  /** Throws roster-changed for another generation than the roster's, key-exists, bad-structure, bad-signature. */
  publish(memberNumber: number, statements: readonly Uint8Array[]): Promise<void>;
  /** The same inside a transaction that holds the roster lock; answers how many are new. */
  store(tx: Transaction, own: OwnStatements): Promise<number>;
  list(): Promise<MessagingKeysAnswer["keys"]>;
  closed(memberNumber: number): Promise<ClosedPeriods["closed"]>;
  /** The private halves are gone. Throws period-open. */
  destroyed(memberNumber: number, keys: readonly KeyPeriod[]): Promise<void>;
};

export type OwnStatements = {
  readonly roster: Roster;
  readonly memberNumber: number;
  readonly statements: readonly Uint8Array[];
};

type Published = MessagingKey & { readonly statement: Uint8Array };

const checkTimes = (key: MessagingKey, today: number): void => {
  const ahead = key.period - periodOf(today);
  // One more than a member publishes: its browser's clock may be a day ahead.
  if (isPeriodClosed(key.period, today) || ahead > PERIODS_AHEAD + 1) {
    throw new SealdropError("bad-request");
  }
};

/** What stood there first stays; the same again is no fault. Answers how many are new. */
const insert = async (tx: Transaction, key: Published): Promise<number> => {
  const { memberNumber, generation, period, statement } = key;
  const place = { memberNumber, generation, period };
  const data = [{ ...place, statement: bytes(statement) }];
  const { count } = await tx.messagingKey.createMany({ data, skipDuplicates: true });
  const stored = await tx.messagingKey.findUnique({
    where: { memberNumber_generation_period: place },
    select: { statement: true },
  });
  if (stored === null || !equal(stored.statement, statement)) {
    throw new SealdropError("key-exists");
  }
  return count;
};

type KeysWorld = Pick<World, "db" | "crypto" | "now"> & {
  readonly append: AppendLeaves;
  readonly audit: Audit;
};

export const createMessagingKeys = (world: KeysWorld): MessagingKeys => {
  const { db, crypto, now, append, audit } = world;
  const today = (): number => dayOf(now());

  const open = (own: OwnStatements): readonly Published[] => {
    const { memberNumber, identity, generation } = getCurrentMember(own.roster, own.memberNumber);
    const owner = { newsroomId: own.roster.newsroomId, memberNumber, identity };
    return own.statements.map((statement) => {
      const key = openMessagingKey(crypto, statement, owner);
      if (key.generation !== generation) throw new SealdropError("roster-changed");
      checkTimes(key, today());
      return { ...key, statement };
    });
  };

  const store = async (tx: Transaction, own: OwnStatements): Promise<number> => {
    // First, since its row makes those wait who would insert the same keys in another order.
    await raiseVersion(tx);
    let count = 0;
    for (const key of open(own)) count += await insert(tx, key);
    await append(tx, own.statements);
    return count;
  };

  return {
    store,
    publish: (memberNumber, statements) =>
      db.$transaction(async (tx) => {
        await lockRoster(tx, "shared");
        const roster = await getNewestRoster(tx, crypto);
        const count = await store(tx, { roster, memberNumber, statements });
        if (count === 0) return;
        await audit.append(tx, { kind: "keys-published", actor: memberNumber, values: { count } });
      }),
    list: () =>
      db.messagingKey.findMany({
        where: { period: { gte: periodOf(today()) } },
        select: { memberNumber: true, generation: true, period: true },
        orderBy: [{ memberNumber: "asc" }, { generation: "asc" }, { period: "asc" }],
      }),
    closed: async (memberNumber) => {
      await closeEndedPeriods(db, today());
      return [...(await closedPeriodsOf(db, memberNumber))];
    },
    destroyed: (memberNumber, keys) =>
      afterGivingWay(() =>
        db.$transaction(async (tx) => {
          const periods = new Set(keys.map(({ period }) => period));
          const where = { period: { in: [...periods] } };
          if ((await tx.closedPeriod.count({ where })) !== periods.size) {
            throw new SealdropError("period-open");
          }
          await dropSlotsOfKeys(tx, memberNumber, keys);
          const count = await endDestroyedKeys(tx, { memberNumber, day: today() }, keys);
          if (count === 0) return;
          await audit.append(tx, {
            kind: "keys-destroyed",
            actor: memberNumber,
            values: { count },
          });
        }),
      ),
  };
};
