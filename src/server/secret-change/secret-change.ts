import { TOKEN_SECONDS } from "../../protocol/public/limits.ts";
import type { Transaction } from "../database/database.ts";
import type { SealedColumn, SealedValue } from "../database/sealed-column.ts";
import type { Audit } from "../http/audit.ts";
import type { World } from "../http/world.ts";

/**
 * A new SEALDROP_SECRET: everything that was sealed under the one before is sealed anew, in one transaction, and what
 * lives for hours at most is waited for. Safe to repeat, to interrupt and on several replicas at once. docs/adr/0014.
 */
export type SecretState = {
  /** Values that were sealed anew just now. */
  readonly moved: number;
  /** Values that no secret given to this server opens. */
  readonly unreadable: number;
  /** Whether anything may still stand under the secret before; null without one. */
  readonly previousNeeded: boolean | null;
};

export type SecretChange = { run(): Promise<SecretState> };

type ChangeWorld = Pick<World, "db" | "secrets" | "now"> & {
  readonly audit: Audit;
  readonly columns: readonly SealedColumn[];
  /** Sessions that stand under the secret of that id. */
  readonly countSessions: (secretId: Uint8Array) => Promise<number>;
};

type Moved = Pick<SecretState, "moved" | "unreadable">;

const TRANSACTION = { maxWait: 60_000, timeout: 300_000 };

export const createSecretChange = (world: ChangeWorld): SecretChange => {
  const { db, secrets, now, columns, audit } = world;
  const { previous } = secrets;
  const startedAt = now();

  const moveValue = async (
    tx: Transaction,
    column: SealedColumn,
    value: SealedValue,
  ): Promise<Moved> => {
    const { purpose } = column;
    const opened = previous?.open(purpose, value.sealed) ?? null;
    if (opened !== null) {
      await column.replace(tx, value, secrets.seal(purpose, opened));
      opened.fill(0);
      return { moved: 1, unreadable: 0 };
    }
    const plain = secrets.open(purpose, value.sealed);
    plain?.fill(0);
    return { moved: 0, unreadable: plain === null ? 1 : 0 };
  };

  const moveAll = (): Promise<Moved> =>
    db.$transaction(async (tx) => {
      let [moved, unreadable] = [0, 0];
      for (const column of columns) {
        for (const value of await column.read(tx)) {
          const one = await moveValue(tx, column, value);
          moved += one.moved;
          unreadable += one.unreadable;
        }
      }
      if (moved > 0) {
        const values = { count: moved };
        await audit.append(tx, { kind: "server-secret-changed", actor: null, values });
      }
      return { moved, unreadable };
    }, TRANSACTION);

  /** A source's token of the server before lives as long as that. It has no row to count. */
  const tokensMayLive = (): boolean =>
    now().getTime() - startedAt.getTime() <= TOKEN_SECONDS * 1_000;

  return {
    run: async () => {
      const { moved, unreadable } = await moveAll();
      if (previous === null) return { moved, unreadable, previousNeeded: null };
      const sessions = await world.countSessions(previous.id);
      // Counted with what was just moved: another replica may be sealing under the one before until it is restarted.
      const previousNeeded = moved > 0 || sessions > 0 || tokensMayLive();
      return { moved, unreadable, previousNeeded };
    },
  };
};
