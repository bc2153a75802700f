import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg, { type PoolConfig } from "pg";
import type { TestProject } from "vitest/node";
import { type Cluster, ensureDatabase, startCluster } from "../../src/server/database/embedded.ts";
import { migrate } from "../../src/server/database/migrate.ts";
import { copyWhole, freshDatabase, RUN_FOLDER } from "./copy-whole.ts";

/** One real PostgreSQL for a whole run, with a migrated database from which every test file's own is copied. */
export type ClusterAddress = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
};

export const TEMPLATE = "sealdrop_template";

declare module "vitest" {
  interface ProvidedContext {
    cluster: ClusterAddress;
  }
}

const addressOf = ({ host, port, user }: PoolConfig): ClusterAddress => ({
  host: host ?? "",
  port: port ?? 0,
  user: user ?? "",
});

const copyDatabase = async (cluster: Cluster, from: string, to: string): Promise<PoolConfig> => {
  const client = new pg.Client(cluster.address("postgres"));
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${to} TEMPLATE ${from}`);
  } finally {
    await client.end();
  }
  return cluster.address(to);
};

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const dataDir = mkdtempSync(join(tmpdir(), "sealdrop-pg-"));
  chmodSync(dataDir, 0o711);
  const first = await startCluster(dataDir);
  await migrate(await ensureDatabase(first, "sealdrop"), join(import.meta.dirname, "../../prisma"));
  await first.stop();
  copyWhole(join(dataDir, "database"), freshDatabase(dataDir));
  const cluster = await startCluster(dataDir);
  const template = await copyDatabase(cluster, "sealdrop", TEMPLATE);
  project.provide("cluster", addressOf(template));
  // By the environment, since what starts servers is used outside of vitest, too.
  process.env[RUN_FOLDER] = dataDir;
  return async () => {
    await cluster.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
};
