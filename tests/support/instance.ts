import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import pg from "pg";
import { copyWhole, freshDatabase, RUN_FOLDER } from "./copy-whole.ts";
import { freePort } from "./free-port.ts";
import { openTap, type Tap } from "./tap.ts";

const root = resolve(import.meta.dirname, "../..");
const startMs = 60_000;

export type Instance = {
  readonly source: Tap;
  readonly newsroom: Tap;
  readonly ports: { readonly source: number; readonly newsroom: number };
  readonly dataDir: string;
  /** The server's own process, now: another one after `restart`. */
  readonly pid: () => number;
  /** All it ever wrote to stdout and stderr. */
  readonly output: () => string;
  readonly setupLink: () => string;
  readonly withDatabase: <T>(work: (client: pg.Client) => Promise<T>) => Promise<T>;
  readonly kill: (signal: "SIGTERM" | "SIGKILL") => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type InstanceOptions = {
  readonly environment?: Readonly<Record<string, string>>;
  /** For node itself, before the server's file. */
  readonly nodeArguments?: readonly string[];
};

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done();
    else child.once("exit", () => done());
  });

/**
 * The real server in a process of its own, with a data folder and, copied into it, a database of its own, behind a tap on each listener: its
 * origins are the taps' addresses, so browsers and guards see nothing unusual.
 */
export const startInstance = async (options: InstanceOptions = {}): Promise<Instance> => {
  const dataDir = mkdtempSync(join(tmpdir(), "sealdrop-"));
  chmodSync(dataDir, 0o711);
  const run = process.env[RUN_FOLDER];
  if (run !== undefined) copyWhole(freshDatabase(run), join(dataDir, "database"));
  const source = await openTap("127.0.0.1");
  const newsroom = await openTap("localhost");
  const ports = { source: await freePort(), newsroom: await freePort() };
  source.aim(ports.source);
  newsroom.aim(ports.newsroom);
  const main = join(root, "dist/server/main.js");
  let output = "";
  let child: ChildProcess;

  const start = async (): Promise<void> => {
    const from = output.length;
    child = spawn(process.execPath, [...(options.nodeArguments ?? []), main], {
      cwd: dataDir,
      env: {
        PATH: process.env["PATH"],
        SEALDROP_DATA_DIR: dataDir,
        SOURCE_PORT: String(ports.source),
        NEWSROOM_PORT: String(ports.newsroom),
        SOURCE_ORIGIN: source.origin,
        NEWSROOM_ORIGIN: newsroom.origin,
        ...options.environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (text: Buffer) => {
        output += text.toString();
      });
    await new Promise<void>((ready, fail) => {
      const late = setTimeout(() => fail(new Error(`no start:\n${output}`)), startMs);
      const look = () => {
        if (!output.slice(from).includes("sealdrop ready")) return;
        clearTimeout(late);
        ready();
      };
      child.stdout?.on("data", look);
      child.once("exit", () => {
        clearTimeout(late);
        fail(new Error(`the server stopped:\n${output}`));
      });
    });
  };

  const kill = async (signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
    child.kill(signal);
    await ended(child);
  };

  await start();
  return {
    source,
    newsroom,
    ports,
    dataDir,
    pid: () => child.pid ?? 0,
    output: () => output,
    setupLink: () => {
      const file = join(dataDir, "setup-link");
      const text = existsSync(file) ? readFileSync(file, "utf8") : output;
      const link = /https?:\/\/\S+#\S+/.exec(text)?.[0];
      if (link === undefined) throw new Error(`no set-up link in:\n${text}`);
      return link;
    },
    withDatabase: async (work) => {
      const client = new pg.Client({
        host: join(dataDir, "sockets"),
        user: "sealdrop",
        database: "sealdrop",
      });
      await client.connect();
      try {
        return await work(client);
      } finally {
        await client.end();
      }
    },
    kill,
    restart: async () => {
      if (child.exitCode === null && child.signalCode === null) await kill("SIGTERM");
      await start();
    },
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) await kill("SIGTERM");
      await source.close();
      await newsroom.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
