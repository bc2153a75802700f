import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import pg from "pg";
import { freePort } from "../../tests/support/free-port.ts";

export const ROOT = resolve(import.meta.dirname, "../..");

/** A name that browsers do not count as this machine: plain http, no WebCrypto, gzip only, as on an onion address. */
export const FAR_NAME = "tips.test";

/** The real server in a process of its own with a PostgreSQL of its own. */
export type Service = {
  readonly source: string;
  readonly newsroom: string;
  /** The source's page by its other name; `farPort` is where that name's requests must arrive. */
  readonly far: string;
  readonly farPort: number;
  /** The source's page by its own name through `nearPort`, where bytes can be counted. */
  readonly near: string;
  readonly nearPort: number;
  readonly sourcePort: number;
  readonly newsroomPort: number;
  readonly secret: string;
  readonly pid: () => number;
  readonly withDatabase: <T>(work: (client: pg.Client) => Promise<T>) => Promise<T>;
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done();
    else child.once("exit", () => done());
  });

const START_MS = 120_000;

const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolveReady, reject) => {
    let output = "";
    const late = setTimeout(() => reject(new Error(`no start:\n${output}`)), START_MS);
    const look = (text: Buffer): void => {
      output += text.toString();
      if (!output.includes("sealdrop ready")) return;
      clearTimeout(late);
      resolveReady();
    };
    child.stdout?.on("data", look);
    child.stderr?.on("data", look);
    child.once("exit", () => {
      clearTimeout(late);
      reject(new Error(`the server stopped:\n${output}`));
    });
  });

/** `root`: where a built clone lies; another one than ours runs a changed build. */
export const startService = async (root = ROOT): Promise<Service> => {
  const dataDir = mkdtempSync(join(tmpdir(), "sealdrop-bench-"));
  chmodSync(dataDir, 0o711);
  const sourcePort = await freePort();
  const newsroomPort = await freePort();
  const farPort = await freePort();
  const nearPort = await freePort();
  const source = `http://127.0.0.1:${sourcePort}`;
  const newsroom = `http://localhost:${newsroomPort}`;
  const far = `http://${FAR_NAME}:${farPort}`;
  const near = `http://127.0.0.1:${nearPort}`;
  const secret = randomBytes(32).toString("hex");
  let child: ChildProcess;

  const start = async (): Promise<void> => {
    child = spawn(process.execPath, [join(root, "dist/server/main.js")], {
      cwd: dataDir,
      env: {
        PATH: process.env["PATH"],
        SEALDROP_DATA_DIR: dataDir,
        SEALDROP_SECRET: secret,
        SOURCE_PORT: String(sourcePort),
        NEWSROOM_PORT: String(newsroomPort),
        SOURCE_ORIGIN: `${source},${near},${far}`,
        NEWSROOM_ORIGIN: newsroom,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    await ready(child);
  };
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended(child);
  };

  await start();
  return {
    source,
    newsroom,
    far,
    farPort,
    near,
    nearPort,
    sourcePort,
    newsroomPort,
    secret,
    pid: () => child.pid ?? 0,
    withDatabase: async (work) => {
      const place = { host: join(dataDir, "sockets"), user: "sealdrop", database: "sealdrop" };
      const client = new pg.Client(place);
      await client.connect();
      try {
        return await work(client);
      } finally {
        await client.end();
      }
    },
    restart: async () => {
      await stop();
      await start();
    },
    close: async () => {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};

const statusBytes = (pid: number, field: string): number => {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(
    readFileSync(`/proc/${pid}/status`, "utf8"),
  );
  return Number(line?.[1] ?? 0) * 1024;
};

export const residentBytes = (pid: number): number => statusBytes(pid, "VmRSS");

/** Proportional share: what the processes of PostgreSQL hold together, shared pages counted once. */
export const postgresBytes = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    try {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
      return sum + Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024;
    } catch {
      return sum;
    }
  }, 0);
