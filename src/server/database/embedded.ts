import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { ConfigError } from "../config.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import { type Keeper, keepRunning } from "./keep-running.ts";
import { databaseOwner, type Owner } from "./unprivileged.ts";

/** A real PostgreSQL in the data folder: a socket in a folder of mode 700, no TCP, a short log of changes. */
export type Cluster = {
  /** Address of the database `name`, for pg. */
  address(name: string): pg.PoolConfig;
  stop(): Promise<void>;
};

const sleep = promisify(setTimeout);

const USER = "sealdrop";
const SOCKET_PATH_LIMIT = 100;
const START_MILLISECONDS = 60_000;
const STOP_MILLISECONDS = 30_000;
const ORPHANS_MILLISECONDS = 10_000;

/**
 * The write-ahead log holds commit times: it is kept as short as it can be. Statements never reach the server's log,
 * and its lines carry no time.
 */
const OPTIONS: Readonly<Record<string, string>> = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "256MB",
  min_wal_size: "32MB",
  archive_mode: "off",
  track_commit_timestamp: "off",
  max_connections: "60",
  shared_buffers: "64MB",
  huge_pages: "off",
  log_line_prefix: "",
  log_min_messages: "fatal",
  log_min_error_statement: "panic",
  log_checkpoints: "off",
  log_parameter_max_length_on_error: "0",
  log_timezone: "UTC",
  jit: "off",
};

type Place = {
  readonly folder: string;
  readonly sockets: string;
  readonly log: string;
  readonly owner: Owner | null;
  readonly binaries: Binaries;
};

const preparePlace = (dataDir: string): Place => {
  const binaries = findBinaries();
  const owner = databaseOwner();
  const place = {
    folder: join(dataDir, "database"),
    sockets: join(dataDir, "sockets"),
    log: join(dataDir, "database.log"),
    owner,
    binaries,
  };
  if (join(place.sockets, ".s.PGSQL.5432").length > SOCKET_PATH_LIMIT) {
    throw new ConfigError("SEALDROP_DATA_DIR must be a shorter path: sockets have a limit.");
  }
  for (const folder of [place.folder, place.sockets]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (owner !== null) chownSync(folder, owner.uid, owner.gid);
  }
  return place;
};

const environment = { LC_ALL: "C", TZ: "UTC" };

const initialise = async (place: Place): Promise<void> => {
  if (existsSync(join(place.folder, "PG_VERSION"))) return;
  const flags = ["-D", place.folder, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "-N"];
  try {
    await promisify(execFile)(place.binaries.initdb, flags, {
      ...place.owner,
      cwd: place.folder,
      env: environment,
    });
  } catch {
    rmSync(place.folder, { recursive: true, force: true });
    throw new ConfigError(
      "SEALDROP_DATA_DIR must be a folder that the database's user can reach and write.",
    );
  }
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** A number in an old file may be anybody's by now: only a process that names our folder is ours. */
const isOurs = (pid: number, folder: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder);
  } catch {
    return existsSync("/proc/self") ? false : isRunning(pid);
  }
};

/** A server that was killed leaves its PostgreSQL running; the lock on the folder says that nobody needs it. */
const stopStale = async ({ folder }: Place): Promise<void> => {
  const path = join(folder, "postmaster.pid");
  if (!existsSync(path)) return;
  const pid = Number(readFileSync(path, "utf8").split("\n")[0]);
  if (!Number.isSafeInteger(pid) || pid < 2 || !isOurs(pid, folder)) return;
  process.kill(pid, "SIGINT");
  for (let waited = 0; isRunning(pid); waited += 50) {
    if (waited > STOP_MILLISECONDS) process.kill(pid, "SIGQUIT");
    await sleep(50);
  }
};

const launch = (place: Place): ChildProcess => {
  const log = openSync(place.log, "w", 0o600);
  const settings = Object.entries(OPTIONS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(
    place.binaries.postgres,
    ["-D", place.folder, "-c", `unix_socket_directories=${place.sockets}`, ...settings],
    // A session of its own: Ctrl-C must reach the server first, which then stops the database.
    {
      ...place.owner,
      cwd: place.folder,
      env: environment,
      detached: true,
      stdio: ["ignore", log, log],
    },
  );
  closeSync(log);
  return child;
};

const connects = async (config: pg.ClientConfig): Promise<boolean> => {
  const client = new pg.Client(config);
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
};

/**
 * Where all of PostgreSQL was killed, its orphans still hold the shared memory for a moment, and a start in that moment ends
 * by itself: the keeper starts it again, and only what goes on failing is a failure.
 */
const waitUntilReady = async (keeper: Keeper, config: pg.ClientConfig): Promise<void> => {
  let failing = 0;
  for (
    let waited = 0;
    waited < START_MILLISECONDS && failing < ORPHANS_MILLISECONDS;
    waited += 20
  ) {
    const { exitCode, signalCode } = keeper.current();
    const ended = exitCode !== null || signalCode !== null;
    if (ended || failing > 0) failing += 20;
    if (!ended && (await connects(config))) return;
    await sleep(20);
  }
  throw new ConfigError(
    "The embedded database did not start; see database.log in the data folder.",
  );
};

/** Starts the folder's PostgreSQL, made first where there is none. The caller holds the folder's lock. */
export const startCluster = async (dataDir: string): Promise<Cluster> => {
  const place = preparePlace(dataDir);
  await initialise(place);
  await stopStale(place);
  const address = (database: string) => ({ host: place.sockets, port: 5432, user: USER, database });
  const keeper = keepRunning(() => launch(place));
  try {
    await waitUntilReady(keeper, address("postgres"));
  } catch (error) {
    await keeper.stop();
    throw error;
  }
  return { address, stop: keeper.stop };
};

/** Makes the database `name` unless it is there. */
export const ensureDatabase = async (cluster: Cluster, name: string): Promise<pg.PoolConfig> => {
  const client = new pg.Client(cluster.address("postgres"));
  await client.connect();
  try {
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (found.rowCount === 0)
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  return cluster.address(name);
};
