import type pg from "pg";

/** Settled once so many connections to this database wait for a lock. */
export const lockWaits = async (pool: pg.Pool, count = 1): Promise<void> => {
  for (;;) {
    const { rows } = await pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if ((rows[0]?.count ?? 0) >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
