import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import argon2 from "argon2";
import pg from "pg";
import { inject } from "vitest";
import type { Config } from "../../src/server/config.ts";
import { openDatabase } from "../../src/server/database/database.ts";
import { openListener } from "../../src/server/http/listener.ts";
import type { Argon2, World } from "../../src/server/http/world.ts";
import { createLog } from "../../src/server/logs.ts";
import type { SecretChange } from "../../src/server/secret-change/secret-change.ts";
import { createSecrets, type Secrets } from "../../src/server/secrets/secrets.ts";
import { createServer, type Server } from "../../src/server/server.ts";
import { loadCrypto } from "../../src/server/start.ts";
import type { Site } from "../../src/server/static/files.ts";
import { TEMPLATE } from "./cluster.ts";

/** The whole server in this process on real sockets, over a database of its own, with a clock that tests move. */
export type TestServer = {
  readonly source: string;
  readonly newsroom: string;
  readonly world: World;
  readonly pool: pg.Pool;
  readonly config: Config;
  /** Every line logged so far. */
  readonly logLines: readonly string[];
  readonly databaseName: string;
  readonly secretChange: SecretChange;
  /** Argon2 hashes checked so far. */
  hashesChecked(): number;
  /** What the timetable does every hour. */
  runJobs(): Promise<void>;
  /** A process that has seen nothing before, behind the same listeners and connections. */
  startAnew(secrets?: StartSecrets): Promise<void>;
  moveDays(days: number): void;
  moveSeconds(seconds: number): void;
  stop(): Promise<void>;
};

/** Of the configuration; the same as before where it is left out. */
export type StartSecrets = Pick<Config, "secret" | "secretPrevious" | "secretNext">;

export type TestServerOptions = {
  readonly site?: Site;
  readonly config?: Partial<Config>;
  /** Where the clock starts; default 2026-11-22T12:00:00Z, a day in the middle of a period. */
  readonly now?: Date;
  /** Another server's database and secret: two processes over one store. */
  readonly beside?: TestServer;
  /** In the place of the real one, which is slow on purpose. */
  readonly argon2?: Argon2;
};

const EMPTY_SITE: Site = { source: new Map(), newsroom: new Map() };
const START = new Date("2026-11-22T12:00:00Z");

const atCluster = async (sql: string): Promise<void> => {
  const client = new pg.Client({ ...inject("cluster"), database: "postgres" });
  await client.connect();
  await client.query(sql);
  await client.end();
};

/** A fresh copy of the migrated template. */
export const makeDatabase = async (): Promise<string> => {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await atCluster(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY file_copy`);
  return name;
};

export const dropDatabase = (name: string): Promise<void> =>
  atCluster(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);

const secretsOf = ({ secret, secretPrevious, secretNext }: StartSecrets): Secrets =>
  createSecrets(secret ?? "", { previous: secretPrevious, next: secretNext });

export const startTestServer = async (options: TestServerOptions = {}): Promise<TestServer> => {
  const { beside } = options;
  const databaseName = beside?.databaseName ?? (await makeDatabase());
  const place = { host: "127.0.0.1", port: 0 };
  const sourceListener = await openListener({ app: "source", ...place });
  const newsroomListener = await openListener({ app: "newsroom", ...place });
  const source = `http://127.0.0.1:${sourceListener.port}`;
  const newsroom = `http://localhost:${newsroomListener.port}`;
  const config: Config = {
    dataDir: tmpdir(),
    host: "127.0.0.1",
    sourcePort: sourceListener.port,
    newsroomPort: newsroomListener.port,
    sourceOrigins: [source],
    newsroomOrigins: [newsroom],
    databaseUrl: null,
    databaseConnections: 8,
    secret: beside?.config.secret ?? randomBytes(32).toString("hex"),
    secretPrevious: null,
    secretNext: null,
    logLevel: "debug",
    ...options.config,
  };
  const logLines: string[] = [];
  let now = (options.now ?? START).getTime();
  const secrets = secretsOf(config);
  const { db, pool, close } = openDatabase(
    { ...inject("cluster"), database: databaseName },
    config.databaseConnections,
  );
  let hashesChecked = 0;
  const hashing = options.argon2 ?? argon2;
  const world: World = {
    config,
    argon2: {
      ...hashing,
      verify: (stored, secret) => {
        hashesChecked += 1;
        return hashing.verify(stored, secret);
      },
    },
    now: () => new Date(now),
    crypto: await loadCrypto(secrets),
    db,
    pool,
    secrets,
    log: createLog(config.logLevel, { write: (line) => logLines.push(line) }),
  };
  const start = async (given: StartSecrets | null = null): Promise<Server> => {
    const fresh = given === null ? secrets : secretsOf({ ...config, ...given });
    const made = createServer(
      { ...world, secrets: fresh, crypto: await loadCrypto(fresh) },
      options.site ?? EMPTY_SITE,
    );
    await made.prepare();
    return made;
  };
  let server = await start();
  sourceListener.answer((request, response) => server.source(request, response));
  newsroomListener.answer((request, response) => server.newsroom(request, response));
  return {
    source,
    newsroom,
    world,
    pool,
    config,
    logLines,
    databaseName,
    hashesChecked: () => hashesChecked,
    get secretChange() {
      return server.secretChange;
    },
    runJobs: async () => {
      for (const job of server.jobs) await job.run();
    },
    startAnew: async (given) => {
      server = await start(given);
    },
    moveDays: (days) => {
      now += days * 86_400_000;
    },
    moveSeconds: (seconds) => {
      now += seconds * 1_000;
    },
    stop: async () => {
      await Promise.all([sourceListener.stop(), newsroomListener.stop()]);
      await close();
      if (beside === undefined) await dropDatabase(databaseName);
    },
  };
};
