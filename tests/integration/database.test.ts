import { randomBytes } from "node:crypto";
import { join } from "node:path";
import pg from "pg";
import { afterAll, describe, expect, inject, it } from "vitest";
import { migrate } from "../../src/server/database/migrate.ts";
import { dropDatabase } from "../support/server.ts";

const folder = join(import.meta.dirname, "../../prisma");
const name = `test_${randomBytes(6).toString("hex")}`;
const address = { ...inject("cluster"), database: name };

const query = async (sql: string, database = name) => {
  const client = new pg.Client({ ...address, database });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
};

afterAll(() => dropDatabase(name));

describe("the database", () => {
  it("is migrated once when several replicas start together", async () => {
    await query(`CREATE DATABASE ${name}`, "postgres");
    const counts = await Promise.all([1, 2, 3].map(() => migrate(address, folder)));
    expect(counts.filter((count) => count > 0)).toHaveLength(1);
    expect(await migrate(address, folder)).toBe(0);
  });

  it("holds no time about a source: no column of those tables is finer than a day", async () => {
    const columns = await query(`
      SELECT table_name, column_name FROM information_schema.columns
      WHERE table_schema = 'public' AND data_type ~ '^(time|date|interval)'
        AND table_name IN ('message', 'slot', 'upload', 'upload_part', 'arrival_counter')`);
    expect(columns).toEqual([]);
  });

  it("keeps parts and bodies out of line and uncompressed", async () => {
    const columns = await query(`
      SELECT attrelid::regclass::text AS table, attname AS column FROM pg_attribute
      WHERE attstorage = 'e' AND attrelid IN ('upload_part'::regclass, 'message'::regclass)
      ORDER BY 1`);
    expect(columns).toEqual([
      { table: "message", column: "sealed_body" },
      { table: "upload_part", column: "bytes" },
    ]);
  });

  it("commits nothing that a crash could lose, logs no statement and keeps no commit times", async () => {
    const settings = await query(`
      SELECT name, setting FROM pg_settings WHERE name IN
      ('fsync', 'synchronous_commit', 'full_page_writes', 'track_commit_timestamp', 'log_statement',
       'wal_level', 'archive_mode', 'listen_addresses')`);
    expect(Object.fromEntries(settings.map((row) => [row.name, row.setting]))).toEqual({
      archive_mode: "off",
      fsync: "on",
      full_page_writes: "on",
      listen_addresses: "",
      log_statement: "none",
      synchronous_commit: "on",
      track_commit_timestamp: "off",
      wal_level: "minimal",
    });
  });
});
