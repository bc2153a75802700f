import type { Transaction } from "../database/database.ts";
import type { World } from "../http/world.ts";

/**
 * Slows guessing at one name, and nobody else. A try is counted as wrong before it is checked, so that many at once
 * cannot all slip through, and the count is dropped when the try was right. Names that do not exist are counted alike.
 */
export type TryDelay = {
  /** Zero: go on. Else the seconds to wait. */
  begin(name: string): Promise<number>;
  /** Answers how many wrong tries there were before this one that had to wait: zero when none had. */
  succeed(name: string, within: Transaction): Promise<number>;
  /** Wrong tries that have had to wait since then, by hash of the name. */
  slowed(tx: Transaction, since: Date): Promise<readonly Slowed[]>;
  hashOf(name: string): Uint8Array;
  tidy(): Promise<void>;
};

export type Slowed = { readonly nameHash: Uint8Array; readonly failures: number };

const FREE_TRIES = 3;
const LONGEST_SECONDS = 60;
const FORGET_MS = 86_400_000;
const SOON_MS = 3_600_000;

type TryDelayWorld = Pick<World, "db" | "secrets" | "now">;

export const createTryDelay = ({ db, secrets, now }: TryDelayWorld): TryDelay => {
  // While the secret changes all replicas count under the one before: counts that moved would give free tries.
  const keyring = secrets.previous ?? secrets;
  const hashed = (name: string): Uint8Array => keyring.hash("try-delay", Buffer.from(name));
  const forgotten = (): Date => new Date(now().getTime() - FORGET_MS);

  const secondsLeft = async (nameHash: Uint8Array): Promise<number> => {
    const rows = await db.$queryRaw<{ until: Date }[]>`
      SELECT until FROM try_delay WHERE name_hash = ${nameHash}`;
    const leftMs = (rows[0]?.until.getTime() ?? 0) - now().getTime();
    return Math.max(1, Math.ceil(leftMs / 1000));
  };

  return {
    begin: async (name) => {
      const nameHash = hashed(name);
      const at = now();
      const old = forgotten();
      const counted = await db.$queryRaw<{ failures: number }[]>`
        INSERT INTO try_delay AS known (name_hash, failures, until)
        VALUES (${nameHash}, 1, ${at}::timestamptz)
        ON CONFLICT (name_hash) DO UPDATE SET
          failures = CASE WHEN known.until < ${old}::timestamptz THEN 1
            ELSE LEAST(known.failures + 1, 1000) END,
          until = ${at}::timestamptz + make_interval(secs => CASE
            WHEN known.until < ${old}::timestamptz OR known.failures < ${FREE_TRIES}::int THEN 0
            ELSE LEAST(2 ^ LEAST(known.failures + 1 - ${FREE_TRIES}::int, 10), ${LONGEST_SECONDS}::int)
            END)
        WHERE known.until <= ${at}::timestamptz
        RETURNING failures`;
      return counted.length === 1 ? 0 : secondsLeft(nameHash);
    },
    succeed: async (name, within) => {
      const nameHash = hashed(name);
      const [row] = await within.$queryRaw<{ failures: number }[]>`
        DELETE FROM try_delay WHERE name_hash = ${nameHash} RETURNING failures`;
      // The right one was counted as well, before it was known to be right.
      const wrong = (row?.failures ?? 1) - 1;
      return wrong > FREE_TRIES ? wrong : 0;
    },
    slowed: (tx, since) =>
      tx.tryDelay.findMany({
        where: { failures: { gt: FREE_TRIES }, until: { gte: since } },
        select: { nameHash: true, failures: true },
      }),
    hashOf: hashed,
    tidy: async () => {
      const soon = new Date(now().getTime() - SOON_MS);
      // Names that were tried a few times go early: made-up ones must not fill the table.
      const fewTries = { failures: { lte: FREE_TRIES }, until: { lt: soon } };
      await db.tryDelay.deleteMany({ where: { OR: [{ until: { lt: forgotten() } }, fewTries] } });
    },
  };
};
