import type pg from "pg";

/** A backup, without the minute that a real one takes: every table is copied inside the database, and put back by one statement. */

const TABLES = `
  SELECT tablename AS name FROM pg_tables
  WHERE schemaname = 'public' AND tablename NOT LIKE '\\_prisma%' ORDER BY tablename`;

/** What brings the state of now back, as often as it is run. */
export const keepTables = async (database: Pick<pg.Pool, "query">): Promise<string> => {
  const { rows } = await database.query<{ readonly name: string }>(TABLES);
  const tables = rows.map(({ name }) => name);
  const copies = tables.map((name) => `CREATE TABLE kept.${name} AS TABLE public.${name};`);
  await database.query(`CREATE SCHEMA kept; ${copies.join(" ")}`);
  const back = tables.map(
    (name) => `DELETE FROM public.${name}; INSERT INTO public.${name} SELECT * FROM kept.${name};`,
  );
  // Without triggers, so that the order of tables does not matter.
  return `BEGIN; SET LOCAL session_replication_role = replica; ${back.join(" ")} COMMIT;`;
};
