import { chmodSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import argon2 from "argon2";
import type pg from "pg";
import { loadPublicSodium } from "../protocol/public/backend-sodium.ts";
import type { PublicCrypto } from "../protocol/public/crypto.ts";
import { type Config, ConfigError } from "./config.ts";
import { openDatabase } from "./database/database.ts";
import { type Cluster, ensureDatabase, startCluster } from "./database/embedded.ts";
import { lockDataDir } from "./database/instance-lock.ts";
import { migrate } from "./database/migrate.ts";
import type { World } from "./http/world.ts";
import type { Log } from "./logs.ts";
import { previousSecretOfDataDir, secretOfDataDir } from "./secrets/secret-file.ts";
import { createSecrets, type Secrets } from "./secrets/secrets.ts";

/** Making and unmaking of a world: folder, lock, database, migrations, secrets, crypto. */
export type StartedWorld = { readonly world: World; close(): Promise<void> };

const PRISMA_FOLDER = fileURLToPath(new URL("../../prisma", import.meta.url));

type Closing = () => Promise<void>;

/** Search but no listing for others: PostgreSQL run by root's stand-in must pass through to its own folder. */
const makeDataDir = (dataDir: string): void => {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o711 });
    chmodSync(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
  } catch {
    throw new ConfigError("SEALDROP_DATA_DIR must be a folder that can be made and written.");
  }
};

const openEmbedded = async (dataDir: string, closings: Closing[]): Promise<pg.PoolConfig> => {
  const lock = await lockDataDir(dataDir);
  closings.push(() => lock.release());
  const cluster: Cluster = await startCluster(dataDir);
  closings.push(() => cluster.stop());
  return ensureDatabase(cluster, "sealdrop");
};

const openAddress = async (config: Config, closings: Closing[]): Promise<pg.PoolConfig> =>
  config.databaseUrl === null
    ? openEmbedded(config.dataDir, closings)
    : { connectionString: config.databaseUrl };

/** Throws ConfigError where the database is not there: a stack would say less. */
const migrated = async (address: pg.PoolConfig, log: Log): Promise<void> => {
  try {
    const count = await migrate(address, PRISMA_FOLDER);
    if (count > 0) log.event({ event: "migrated", count });
  } catch (error) {
    log.fault("migrations", error);
    throw new ConfigError("DATABASE_URL must lead to a database that answers and can be migrated.");
  }
};

export const loadCrypto = async (secrets: Secrets): Promise<PublicCrypto> => {
  const loaded = await loadPublicSodium(secrets.random);
  if (!loaded.ok) throw new ConfigError(`The crypto library did not start: ${loaded.code}.`);
  return loaded.crypto;
};

const openSecrets = ({ dataDir, secret, secretPrevious, secretNext }: Config): Secrets => {
  const kept = secret === null ? previousSecretOfDataDir(dataDir) : null;
  return createSecrets(secret ?? secretOfDataDir(dataDir), {
    previous: secretPrevious ?? kept,
    next: secretNext,
  });
};

const closeAll = async (closings: readonly Closing[]): Promise<void> => {
  for (const close of [...closings].reverse()) await close();
};

/** Throws ConfigError with what the operator must change; nothing is left running then. */
export const startWorld = async (config: Config, log: Log): Promise<StartedWorld> => {
  const closings: Closing[] = [];
  try {
    makeDataDir(config.dataDir);
    const address = await openAddress(config, closings);
    await migrated(address, log);
    const secrets = openSecrets(config);
    const { db, pool, close } = openDatabase(address, config.databaseConnections);
    closings.push(close);
    const crypto = await loadCrypto(secrets);
    const world = { config, now: () => new Date(), crypto, argon2, db, pool, secrets, log };
    return { world, close: () => closeAll(closings) };
  } catch (error) {
    await closeAll(closings);
    throw error;
  }
};
