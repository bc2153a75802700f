import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { findBinaries } from "../../src/server/database/binaries.ts";
import { databaseOwner } from "../../src/server/database/unprivileged.ts";
import { freePort } from "../support/free-port.ts";

const root = resolve(import.meta.dirname, "../..");

/** The part of the Compose specification that our file uses: anything else in it is a mistake. */
const service = z.strictObject({
  build: z.string().optional(),
  image: z.string(),
  user: z.string().regex(/^[1-9]\d*:[1-9]\d*$/),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal("ALL")]),
  security_opt: z.tuple([z.literal("no-new-privileges:true")]),
  pids_limit: z.int(),
  mem_limit: z.string().optional(),
  shm_size: z.string().optional(),
  restart: z.literal("unless-stopped"),
  stop_grace_period: z.string(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).optional(),
  environment: z.record(z.string(), z.string()),
  command: z.array(z.string()).optional(),
  secrets: z.array(z.string()),
  ports: z.array(z.string()).optional(),
  networks: z.array(z.string()),
  volumes: z.array(z.string()).optional(),
  tmpfs: z.array(z.string()),
  healthcheck: z.strictObject({
    test: z.array(z.string()),
    interval: z.string(),
    timeout: z.string(),
    start_period: z.string(),
    retries: z.int(),
  }),
  logging: z.strictObject({ driver: z.string(), options: z.record(z.string(), z.string()) }),
});

const composeFile = z.strictObject({
  name: z.string(),
  services: z.strictObject({ app: service, database: service }),
  networks: z.record(z.string(), z.strictObject({ internal: z.literal(true).optional() })),
  volumes: z.record(z.string(), z.strictObject({})),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});

const compose = composeFile.parse(parse(readFileSync(join(root, "docker-compose.yml"), "utf8")));
const { app, database } = compose.services;

describe("docker-compose.yml", () => {
  test("every secret is a file and none is in the environment", () => {
    const values = [...Object.entries(app.environment), ...Object.entries(database.environment)];
    const secret = values.filter(([name]) => /SECRET|PASSWORD|DATABASE_URL/.test(name));
    expect(secret.map(([name]) => name).sort()).toEqual([
      "DATABASE_URL_FILE",
      "POSTGRES_PASSWORD_FILE",
      "SEALDROP_SECRET_FILE",
      "SEALDROP_SECRET_PREVIOUS_FILE",
    ]);
    for (const [, path] of secret) {
      const name = path.replace("/run/secrets/", "");
      expect(compose.secrets[name]?.file).toBe(`./secrets/${name}`);
    }
  });

  test("the database has no port on the host and no way out", () => {
    expect(database.ports).toBeUndefined();
    expect(database.networks.map((name) => compose.networks[name])).toEqual([{ internal: true }]);
  });

  test("the app is published to this machine only and starts after a database that answers", () => {
    expect(app.ports?.every((port) => port.startsWith("127.0.0.1:"))).toBe(true);
    expect(app.depends_on).toEqual({ database: { condition: "service_healthy" } });
  });

  test("git and the builder leave the secrets out", () => {
    expect(readFileSync(join(root, ".gitignore"), "utf8")).toContain("\n/secrets/\n");
    expect(readFileSync(join(root, ".dockerignore"), "utf8").split("\n")[1]).toBe("*");
  });
});

describe("Dockerfile", () => {
  const lines = readFileSync(join(root, "Dockerfile"), "utf8").split("\n");
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith("FROM ")));

  test("what runs is Node 24 under a user of its own", () => {
    expect(last[0]).toMatch(/^FROM node:24-/);
    expect(last).toContain("USER node");
  });

  test("what runs holds production dependencies only", () => {
    expect(lines).toContain("RUN npm ci --omit=dev --omit=optional");
    expect(last.some((line) => line.includes("--from=build") && line.includes("modules"))).toBe(
      false,
    );
  });

  test("all that it copies from the clone is there and not kept from the builder", () => {
    const allowed = readFileSync(join(root, ".dockerignore"), "utf8");
    const copied = last
      .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
      .flatMap((line) => line.split(" ").slice(1, -1));
    expect(copied.length).toBeGreaterThan(0);
    for (const name of copied) {
      expect(statSync(join(root, name)).size).toBeGreaterThan(0);
      expect(allowed).toContain(`!${name.split("/")[0]}`);
    }
  });
});

const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries > 300) throw new Error("it did not come");
    await new Promise((later) => setTimeout(later, 100));
  }
};

const end = (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> =>
  new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done(child.exitCode);
    else child.once("exit", (code) => done(code));
    child.kill(signal);
  });

describe("the processes of docker-compose.yml, run by hand", () => {
  const folder = mkdtempSync(join(tmpdir(), "sealdrop-compose-"));
  const owner = databaseOwner();
  const password = randomBytes(24).toString("hex");
  let postgres: ChildProcess;
  let server: ChildProcess;
  let output = "";
  let environment: Record<string, string> = {};

  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o644 });
    return join(folder, name);
  };

  const startDatabase = async (port: number): Promise<void> => {
    const binaries = findBinaries();
    const data = join(folder, "database");
    chmodSync(folder, 0o711);
    mkdirSync(data, { mode: 0o700 });
    if (owner !== null) chownSync(data, owner.uid, owner.gid);
    const options = { ...owner, cwd: data, stdio: "ignore" } as const;
    const flags = (database.environment["POSTGRES_INITDB_ARGS"] ?? "").split(" ");
    const passwordFile = write("postgres_password", password);
    execFileSync(
      binaries.initdb,
      ["-D", data, "-U", "sealdrop", "--pwfile", passwordFile, ...flags, "-N"],
      options,
    );
    const settings = (database.command ?? []).slice(1);
    const place = ["-D", data, "-p", String(port), "-c", `unix_socket_directories=${data}`];
    postgres = spawn(binaries.postgres, [...place, ...settings], options);
    const answers = async () => {
      const client = new pg.Client({ ...address(port), database: "postgres" });
      try {
        await client.connect();
        await client.query("CREATE DATABASE sealdrop");
        return true;
      } catch {
        return false;
      } finally {
        await client.end().catch(() => undefined);
      }
    };
    await until(answers);
  };

  const address = (port: number) => ({ host: "127.0.0.1", port, user: "sealdrop", password });

  const health = (): number | null =>
    spawnSync(process.execPath, app.healthcheck.test.slice(2), { cwd: root, env: environment })
      .status;

  beforeAll(async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    const [database = 0, source = 0, newsroom = 0] = ports;
    await startDatabase(database);
    const files: Record<string, string> = {
      database_url: `postgresql://sealdrop:${password}@127.0.0.1:${database}/sealdrop\n`,
      sealdrop_secret: `${randomBytes(32).toString("hex")}\n`,
    };
    const asFiles = Object.fromEntries(
      Object.entries(app.environment)
        .filter(([, value]) => value.startsWith("/run/secrets/"))
        .map(([name, value]) => {
          const file = value.replace("/run/secrets/", "");
          return [name, write(file, files[file] ?? "")];
        }),
    );
    environment = {
      ...asFiles,
      NODE_ENV: "production",
      HOST: "0.0.0.0",
      SEALDROP_DATA_DIR: join(folder, "data"),
      SOURCE_PORT: String(source),
      NEWSROOM_PORT: String(newsroom),
      SOURCE_ORIGIN: "https://tips.example.org,http://example.onion",
      NEWSROOM_ORIGIN: "https://newsroom.example.org",
    };
    server = spawn(process.execPath, ["dist/server/main.js"], { cwd: root, env: environment });
    for (const stream of [server.stdout, server.stderr])
      stream?.on("data", (text: Buffer) => {
        output += text.toString();
      });
    await until(() => output.includes("sealdrop ready"));
  });

  afterAll(async () => {
    await end(server, "SIGKILL");
    await end(postgres, "SIGINT");
    rmSync(folder, { recursive: true, force: true });
  });

  test("the health check succeeds once both listeners answer", () => {
    expect(health()).toBe(0);
  });

  test("the set-up link lies in a file that only the server's user reads, not in the log", () => {
    const link = join(folder, "data", "setup-link");
    expect(statSync(link).mode & 0o777).toBe(0o600);
    expect(readFileSync(link, "utf8")).toContain("https://newsroom.example.org/#setup=");
    expect(output).not.toContain("#setup=");
  });

  test("the health check fails when the database is away, and the server still ends cleanly", async () => {
    await end(postgres, "SIGINT");
    expect(health()).toBe(1);
    expect(await end(server, "SIGTERM")).toBe(0);
  });
});
