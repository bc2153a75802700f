import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type { SchemaEngine as Engine } from "@prisma/schema-engine-wasm";
import pg from "pg";

/**
 * Ordinary Prisma migrations, applied by Prisma's own engine as WebAssembly: nothing is fetched outside the lock file,
 * and `_prisma_migrations` is what every Prisma tool expects.
 */

type Glue = {
  readonly SchemaEngine: typeof Engine;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
};

const ENGINE = fileURLToPath(
  new URL(
    "../../../node_modules/@prisma/schema-engine-wasm/schema_engine_bg.wasm",
    import.meta.url,
  ),
);

const loadEngine = async (): Promise<typeof Engine> => {
  const glue: object = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const { SchemaEngine, __wbg_set_wasm: bind } = glue as Glue;
  const { instance } = await WebAssembly.instantiate(readFileSync(ENGINE), {
    "./schema_engine_bg.js": glue,
  });
  bind(instance.exports);
  (instance.exports["__wbindgen_start"] as () => void)();
  return SchemaEngine;
};

export type PrismaFolder = {
  readonly schema: string;
  readonly migrations: MigrationList;
};

type MigrationList = Parameters<Engine["applyMigrations"]>[0]["migrationsList"];

export const NO_FILTER = { externalTables: [], externalEnums: [] };

/** The folder `prisma/` with its schema and migrations, oldest first. */
export const readPrismaFolder = (folder: string): PrismaFolder => {
  const baseDir = join(folder, "migrations");
  const names = readdirSync(baseDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    schema: readFileSync(join(folder, "schema.prisma"), "utf8"),
    migrations: {
      baseDir,
      shadowDbInitScript: "",
      lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
      migrationDirectories: names.map((path) => ({
        path,
        migrationFile: {
          path: "migration.sql",
          content: {
            tag: "ok",
            value: readFileSync(join(baseDir, path, "migration.sql"), "utf8"),
          },
        },
      })),
    },
  };
};

export type OpenEngine = { readonly engine: Engine; close(): Promise<void> };

/** Prisma's engine bound to one database. */
export const openEngine = async (address: pg.PoolConfig, schema: string): Promise<OpenEngine> => {
  const SchemaEngine = await loadEngine();
  const pool = new pg.Pool(address);
  const engine = await SchemaEngine.new(
    { datamodels: [["schema.prisma", schema]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool)),
  );
  return { engine, close: () => pool.end() };
};

const appliedNames = async (client: pg.Client): Promise<ReadonlySet<string>> => {
  const there = await client.query("SELECT to_regclass('_prisma_migrations') AS name");
  if (there.rows[0]?.name === null) return new Set();
  const rows = await client.query<{ readonly migration_name: string }>(
    "SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
  );
  return new Set(rows.rows.map((row) => row.migration_name));
};

const apply = async (address: pg.PoolConfig, { schema, migrations }: PrismaFolder) => {
  const { engine, close } = await openEngine(address, schema);
  try {
    const result = await engine.applyMigrations({ migrationsList: migrations, filters: NO_FILTER });
    return result.appliedMigrationNames.length;
  } finally {
    await close();
  }
};

/** Any number that no other advisory lock of this database uses. */
const MIGRATION_LOCK = 7_327;

/**
 * Brings the database to the newest migration and tells how many were applied. The engine is loaded only when one is.
 * Replicas that start together wait for the first: the engine's own lock does not survive a pool of connections.
 */
export const migrate = async (address: pg.PoolConfig, folder: string): Promise<number> => {
  const prisma = readPrismaFolder(folder);
  const client = new pg.Client(address);
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    const applied = await appliedNames(client);
    const missing = prisma.migrations.migrationDirectories.some((one) => !applied.has(one.path));
    return missing ? await apply(address, prisma) : 0;
  } finally {
    await client.end();
  }
};
