import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PoolConfig } from "pg";
import type { TestProject } from "vitest/node";
import { ensureDatabase, startCluster } from "../../src/server/database/embedded.ts";
import { migrate } from "../../src/server/database/migrate.ts";

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

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const dataDir = mkdtempSync(join(tmpdir(), "sealdrop-pg-"));
  chmodSync(dataDir, 0o711);
  const cluster = await startCluster(dataDir);
  const template = await ensureDatabase(cluster, TEMPLATE);
  await migrate(template, join(import.meta.dirname, "../../prisma"));
  project.provide("cluster", addressOf(template));
  return async () => {
    await cluster.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
};
