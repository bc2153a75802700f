import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { freePort } from "../support/free-port.ts";
import { ask } from "../support/stored-newsroom.ts";

/** The real process: how it starts, refuses to start, and stops. */
const main = resolve("dist/server/main.js");
const dataDir = mkdtempSync(join(tmpdir(), "sealdrop-process-"));
chmodSync(dataDir, 0o711);

type Running = {
  readonly child: ChildProcess;
  readonly ports: readonly number[];
  output(): string;
  /** Exit code, or null after a signal. */
  readonly ended: Promise<number | null>;
};

const running: Running[] = [];

type Command = readonly [program: string, ...args: readonly string[]];

const launch = async (
  environment: Readonly<Record<string, string>> = {},
  [program, ...args]: Command = [process.execPath, main],
): Promise<Running> => {
  const ports = [await freePort(), await freePort()];
  const child = spawn(program, args, {
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      SEALDROP_DATA_DIR: dataDir,
      SOURCE_PORT: String(ports[0]),
      NEWSROOM_PORT: String(ports[1]),
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (part) => {
      output += part;
    });
  }
  const ended = new Promise<number | null>((done) => child.once("exit", done));
  const one = { child, ports, output: () => output, ended };
  running.push(one);
  return one;
};

const ready = async (one: Running, milliseconds = 30_000): Promise<void> => {
  const late = Date.now() + milliseconds;
  while (!one.output().includes("sealdrop ready")) {
    if (one.child.exitCode !== null || Date.now() > late) throw new Error(one.output());
    await new Promise((done) => setTimeout(done, 20));
  }
};

const start = async (environment?: Readonly<Record<string, string>>): Promise<Running> => {
  const one = await launch(environment);
  await ready(one);
  return one;
};

const health = async (one: Running) =>
  (await ask(`http://127.0.0.1:${one.ports[0]}/healthz`)).status;

const databasePid = (): number =>
  Number(readFileSync(join(dataDir, "database/postmaster.pid"), "utf8").split("\n")[0]);

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

afterEach(async () => {
  for (const one of running.splice(0)) {
    if (one.child.exitCode === null && one.child.signalCode === null) {
      one.child.kill("SIGTERM");
      await one.ended;
    }
  }
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe("a start", () => {
  it("prints the ready line and keeps the set-up link out of what a journal would keep", async () => {
    const one = await start();
    expect(one.output()).toContain(
      `sealdrop ready source=http://127.0.0.1:${one.ports[0]} newsroom=http://localhost:${one.ports[1]}\n`,
    );
    expect(one.output()).not.toContain("#setup=");
    const file = join(dataDir, "setup-link");
    expect(one.output()).toContain(file);
    expect(readFileSync(file, "utf8")).toMatch(/^http:\/\/localhost:\d+\/#setup=[\w-]{43}\n$/);
    for (const secret of [file, join(dataDir, "secret")]) {
      expect(statSync(secret).mode & 0o777).toBe(0o600);
    }
    expect(statSync(join(dataDir, "sockets")).mode & 0o777).toBe(0o700);
  });

  it("again keeps the secret and makes a new set-up link", async () => {
    const first = await start();
    const before = ["secret", "setup-link"].map((name) =>
      readFileSync(join(dataDir, name), "utf8"),
    );
    first.child.kill("SIGTERM");
    await first.ended;
    await start();
    const after = ["secret", "setup-link"].map((name) => readFileSync(join(dataDir, name), "utf8"));
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });

  it("on a folder in use is refused in one line, and the first goes on", async () => {
    const first = await start();
    const second = await launch();
    expect(await second.ended).toBe(1);
    expect(second.output()).toBe(
      "sealdrop: SEALDROP_DATA_DIR must be a folder that no other Sealdrop is using.\n",
    );
    expect(await health(first)).toBe(200);
  });

  it("after a kill takes over the database that was left running", async () => {
    const first = await start();
    const left = databasePid();
    first.child.kill("SIGKILL");
    await first.ended;
    expect(isAlive(left)).toBe(true);
    const second = await start();
    expect(isAlive(left)).toBe(false);
    expect(await health(second)).toBe(200);
  });

  it("with a wrong value stops with one line that names it, and leaves nothing running", async () => {
    const cases = {
      SOURCE_PORT: "70000",
      NEWSROOM_ORIGIN: "https://x.example/path",
      DATABASE_URL: "mysql://x",
      SEALDROP_SECRET: "short",
      SEALDROP_SECRET_FILE: "/nowhere",
      LOG_LEVEL: "loud",
    };
    for (const [name, value] of Object.entries(cases)) {
      const one = await launch({ [name]: value });
      expect(await one.ended).toBe(1);
      expect(one.output()).toMatch(new RegExp(`^sealdrop: ${name} must [^\\n]*\\n$`));
      expect(one.output()).not.toContain(value);
    }
  });

  it("with a database that does not answer, or no secret for it, says so", async () => {
    const away = { DATABASE_URL: "postgresql://127.0.0.1:1/x", SEALDROP_SECRET: "s".repeat(40) };
    const one = await launch(away);
    expect(await one.ended).toBe(1);
    expect(one.output()).toContain("sealdrop: DATABASE_URL must lead to a database");
    const other = await launch({ DATABASE_URL: away.DATABASE_URL });
    expect(await other.ended).toBe(1);
    expect(other.output()).toBe("sealdrop: SEALDROP_SECRET must be set when DATABASE_URL is.\n");
  });
});

describe("a database that is killed", () => {
  it("is an honest 503 on every kind of route, never a fault, and is started again", async () => {
    const one = await start();
    const source = `http://127.0.0.1:${one.ports[0]}`;
    process.kill(databasePid(), "SIGKILL");
    const paths = ["/healthz", "/api/newsroom", "/api/mailbox/challenge"];
    for (const path of paths) {
      const method = path.startsWith("/api/mailbox") ? "POST" : "GET";
      expect((await ask(`${source}${path}`, { method })).status).toBe(503);
    }
    const late = Date.now() + 15_000;
    while ((await health(one)) !== 200 && Date.now() < late) {
      await new Promise((done) => setTimeout(done, 100));
    }
    expect(await health(one)).toBe(200);
    expect((await ask(`${source}/api/mailbox/challenge`, { method: "POST" })).code).toBe(
      "not-set-up",
    );
  });
});

describe("SIGTERM", () => {
  it("finishes the request that is being answered, then stops server and database", async () => {
    const one = await start();
    const database = databasePid();
    const body = '{"userName":"somebody"}';
    const answered = new Promise<number>((resolve, reject) => {
      const sent = request(`http://localhost:${one.ports[1]}/api/prelogin`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "content-length": body.length,
          origin: `http://localhost:${one.ports[1]}`,
        },
      });
      sent.on("response", (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on("error", reject);
      sent.write(body.slice(0, 5));
      setTimeout(() => one.child.kill("SIGTERM"), 200);
      setTimeout(() => sent.end(body.slice(5)), 500);
    });
    expect(await answered).toBe(200);
    expect(await one.ended).toBe(0);
    expect(isAlive(database)).toBe(false);
    expect(existsSync(join(dataDir, "lock"))).toBe(false);
  });

  it("to npm start stops the server and the database under it too", async () => {
    const one = await launch({}, ["npm", "start"]);
    await ready(one, 120_000);
    const database = databasePid();
    one.child.kill("SIGTERM");
    await one.ended;
    for (let waited = 0; isAlive(database) && waited < 10_000; waited += 50) {
      await new Promise((done) => setTimeout(done, 50));
    }
    expect(isAlive(database)).toBe(false);
    expect(existsSync(join(dataDir, "lock"))).toBe(false);
  }, 150_000);
});
