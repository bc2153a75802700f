import { bytes } from "../database/database.ts";
import type { SealedColumn } from "../database/sealed-column.ts";
import type { World } from "../http/world.ts";
import { type LogSigner, logSigner } from "../secrets/log-signing.ts";

/** The log's own key: made once, sealed by the server's secret. Members' browsers pin it, so it outlives a new secret. */

const ONE = 1;
const PURPOSE = "log";

/** For a change of the server's secret. */
export const logKeyColumn: SealedColumn = {
  purpose: PURPOSE,
  read: async (tx) => {
    const rows = await tx.logKey.findMany({ select: { id: true, sealedSeed: true } });
    return rows.map(({ id, sealedSeed }) => ({ row: String(id), sealed: sealedSeed }));
  },
  replace: async (tx, { row, sealed }, resealed) => {
    await tx.logKey.updateMany({
      where: { id: Number(row), sealedSeed: bytes(sealed) },
      data: { sealedSeed: bytes(resealed) },
    });
  },
};

type KeyWorld = Pick<World, "db" | "secrets">;

const makeOnce = async ({ db, secrets }: KeyWorld): Promise<void> => {
  const seed = secrets.random(32);
  const publicKey = bytes(logSigner(seed).key);
  const sealedSeed = bytes(secrets.seal(PURPOSE, seed));
  // Of two replicas that start at once, the first one's key is everybody's.
  await db.logKey.createMany({ data: [{ id: ONE, publicKey, sealedSeed }], skipDuplicates: true });
};

/** Throws when SEALDROP_SECRET is not the one that sealed it: nothing else of the server would work then either. */
const readKey = async (world: KeyWorld): Promise<LogSigner> => {
  const { db, secrets } = world;
  const stored = await db.logKey.findUnique({ where: { id: ONE } });
  if (stored === null) {
    await makeOnce(world);
    return readKey(world);
  }
  const seed = secrets.open(PURPOSE, stored.sealedSeed);
  if (seed === null) throw new Error("The log's key was sealed by another secret.");
  return logSigner(seed);
};

/** Read once in each process: the key never changes. */
export const createLogKey = (world: KeyWorld): (() => Promise<LogSigner>) => {
  let known: LogSigner | null = null;
  return async () => {
    known ??= await readKey(world);
    return known;
  };
};
