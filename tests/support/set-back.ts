import { randomBytes } from "node:crypto";
import type pg from "pg";

/** A backup, without the minute that a real one takes: tables are copied inside the database, and put back by one statement. */

const TABLES = `
  SELECT tablename AS name FROM pg_tables
  WHERE schemaname = 'public' AND tablename NOT LIKE '\\_prisma%' ORDER BY tablename`;

type Database = Pick<pg.Pool, "query">;

const allTables = async (database: Database): Promise<readonly string[]> => {
  const { rows } = await database.query<{ readonly name: string }>(TABLES);
  return rows.map(({ name }) => name);
};

/** What brings the state of now back, as often as it is run; of all tables or of these. */
export const keepTables = async (database: Database, some?: readonly string[]): Promise<string> => {
  const tables = some ?? (await allTables(database));
  const kept = `kept_${randomBytes(6).toString("hex")}`;
  const copies = tables.map((name) => `CREATE TABLE ${kept}.${name} AS TABLE public.${name};`);
  await database.query(`CREATE SCHEMA ${kept}; ${copies.join(" ")}`);
  const back = tables.map(
    (name) =>
      `DELETE FROM public.${name}; INSERT INTO public.${name} SELECT * FROM ${kept}.${name};`,
  );
  // Without triggers, so that the order of tables does not matter.
  return `BEGIN; SET LOCAL session_replication_role = replica; ${back.join(" ")} COMMIT;`;
};
