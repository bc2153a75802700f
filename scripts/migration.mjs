#!/usr/bin/env node
// Writes a migration from the committed prisma/schema.prisma to the one in the work tree: `node scripts/migration.mjs <name>`.
// `--again` makes the first migration anew (only before the first release). Needs a built server.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { ensureDatabase, startCluster } = await import(
  join(root, "dist/server/database/embedded.js")
);
const { NO_FILTER, openEngine, readPrismaFolder } = await import(
  join(root, "dist/server/database/migrate.js")
);

const FIRST = "00000000000000_first";
const again = process.argv[2] === "--again";
const name = process.argv[2] ?? "change";
const folder = join(root, "prisma");
mkdirSync(join(folder, "migrations"), { recursive: true });
if (again) rmSync(join(folder, "migrations", FIRST), { recursive: true, force: true });

const dataDir = mkdtempSync(join(tmpdir(), "sealdrop-migration-"));
const { chmodSync } = await import("node:fs");
chmodSync(dataDir, 0o711);
const cluster = await startCluster(dataDir);
try {
  const address = await ensureDatabase(cluster, "migration");
  const { schema } = readPrismaFolder(folder);
  const committed = () =>
    execFileSync("git", ["show", "HEAD:prisma/schema.prisma"], { cwd: root, encoding: "utf8" });
  const datamodel = (content) => ({
    tag: "schemaDatamodel",
    files: [{ path: "schema.prisma", content }],
  });
  const { engine, close } = await openEngine(address, schema);
  // Two schemas, not a database: through an adapter the engine can neither describe one nor drop its shadow database.
  const { stdout } = await engine.diff({
    from: again ? { tag: "empty" } : datamodel(committed()),
    to: datamodel(schema),
    script: true,
    exitCode: null,
    filters: NO_FILTER,
  });
  await close();
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const target = join(folder, "migrations", again ? FIRST : `${stamp}_${name}`);
  const tail = again ? `\n${readFileSync(join(folder, "storage.sql"), "utf8")}` : "";
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "migration.sql"), `${stdout}${tail}`);
  writeFileSync(
    join(folder, "migrations", "migration_lock.toml"),
    '# Written by scripts/migration.mjs; Prisma\'s tools expect it.\nprovider = "postgresql"\n',
  );
  console.log(target);
} finally {
  await cluster.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
