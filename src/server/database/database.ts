import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Prisma, PrismaClient } from "./generated/client.ts";

export type Database = PrismaClient;
export type Transaction = Prisma.TransactionClient;

/** One pool, used by Prisma for everything and directly for the bytes of files, which Prisma's path would copy too often. */
export type OpenDatabase = {
  readonly db: Database;
  readonly pool: pg.Pool;
  close(): Promise<void>;
};

/** Bytes as Prisma takes them: never over shared memory. Copies only what does not own its buffer. */
export const bytes = (value: Uint8Array): Uint8Array<ArrayBuffer> =>
  value.buffer instanceof ArrayBuffer
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);

const CONNECT_MILLISECONDS = 10_000;
const HEALTH_MILLISECONDS = 2_000;

const ask = async (pool: pg.Pool): Promise<boolean> => {
  try {
    await pool.query("SELECT 1");
    return true;
  } catch {
    return false;
  }
};

const late = (): Promise<boolean> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(false), HEALTH_MILLISECONDS).unref();
  });

/** True when the database answers in time. */
export const answers = (pool: pg.Pool): Promise<boolean> => Promise.race([ask(pool), late()]);

export const openDatabase = (address: pg.PoolConfig, connections: number): OpenDatabase => {
  const pool = new pg.Pool({
    ...address,
    max: connections,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    application_name: "sealdrop",
  });
  // An idle connection that breaks is replaced at the next query, which then tells.
  pool.on("error", () => undefined);
  const db = new PrismaClient({
    adapter: new PrismaPg(pool),
    errorFormat: "minimal",
    log: [],
    // Waiting for a free connection or for the roster lock behind large messages is slow, not wrong.
    transactionOptions: { maxWait: 20_000, timeout: 60_000 },
  });
  return {
    db,
    pool,
    close: async () => {
      await db.$disconnect();
      await pool.end();
    },
  };
};
