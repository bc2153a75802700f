import type { Transaction } from "./database.ts";

/** Any number that no other advisory lock of this database uses. */
const ROSTER_LOCK = 7_326;

/**
 * Held to the end of the transaction. *Shared* while something is accepted under the newest roster and the open periods;
 * *exclusive* while either changes. The queue is fair: a stream of messages cannot keep a new roster out.
 */
export const lockRoster = async (tx: Transaction, mode: "shared" | "exclusive"): Promise<void> => {
  if (mode === "shared") {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(${ROSTER_LOCK}::bigint)`;
  } else {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ROSTER_LOCK}::bigint)`;
  }
};
