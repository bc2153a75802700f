import type { Prisma } from "./generated/client.ts";

/** What runs inside one transaction. */
export type Transaction = Prisma.TransactionClient;

/** Any number that no other advisory lock of this database uses. */
const ROSTER_LOCK = 7_326;

/**
 * Held to the end of the transaction. *Shared* while something is accepted under the newest roster and the open periods;
 * *exclusive* while either changes. The queue is fair: a stream of messages cannot keep a new roster out.
 */
export const lockRoster = async (tx: Transaction, mode: "shared" | "exclusive"): Promise<void> => {
  if (mode === "shared") await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${ROSTER_LOCK})`;
  else await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ROSTER_LOCK})`;
};

/** Prisma's type for bytes leaves out shared memory, which nothing here uses. */
export const column = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes as Uint8Array<ArrayBuffer>;
