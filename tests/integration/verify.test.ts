import { execFile } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readArguments } from "../../src/cli/arguments.ts";
import type { Row } from "../../src/cli/report.ts";
import { verify } from "../../src/cli/verify.ts";
import { base64url } from "../../src/protocol/public/bytes.ts";
import { fingerprintWords } from "../../src/protocol/public/words.ts";
import { readSite } from "../../src/server/static/files.ts";
import type { ManifestEntry } from "../../src/site/emit.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { setUp, startAgain, type TestNewsroom } from "../support/staff.ts";
import { leavesOf, rewriteLog } from "../support/witnesses.ts";
import { sodium } from "../vectors/backends.ts";

/** What somebody outside finds who has this checkout and an address. */
const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "dist/site");
const { files: manifest }: { files: readonly ManifestEntry[] } = JSON.parse(
  readFileSync(join(folder, "manifest.json"), "utf8"),
);
const kept = mkdtempSync(join(tmpdir(), "sealdrop-verify-"));
const site = readSite(folder);
let base: TestServer;
let server: TestServer;
let made: TestNewsroom;

beforeAll(async () => {
  base = await startTestServer();
});
afterAll(async () => {
  await base.stop();
  rmSync(kept, { recursive: true, force: true });
});

type Changed = {
  readonly manifest?: readonly ManifestEntry[];
  readonly arguments?: readonly string[];
};
const check = (changed: Changed = {}): Promise<readonly Row[]> => {
  const given = [server.source, "--newsroom", server.newsroom, ...(changed.arguments ?? [])];
  const options = readArguments(given);
  if (options === null) throw new Error("not understood");
  const now = () => server.world.now().getTime();
  return verify({ crypto: sodium, now, manifest: changed.manifest ?? manifest }, options);
};
const wrong = (rows: readonly Row[]) =>
  rows.filter(({ verdict }) => verdict === "DIFFERS").map(({ what }) => what);

describe("an outside check", { timeout: 60_000 }, () => {
  beforeEach(async () => {
    await (await startAgain(base)).stop();
    server = await startTestServer({ beside: base, site });
    made = await setUp(server);
  });
  afterEach(() => server.stop());

  it("finds nothing at a true newsroom, with the link, the words, and what was seen before", async () => {
    const fingerprint = base64url(made.newsroom.key);
    const state = ["--state", join(kept, "state")];
    for (const given of [fingerprint, fingerprintWords(sodium, made.newsroom.key).join(" ")]) {
      const rows = await check({ arguments: ["--fingerprint", given, ...state] });
      expect(wrong(rows)).toEqual([]);
      expect(rows.length).toBe(manifest.length + 8);
    }
    const again = await check({ arguments: ["--fingerprint", fingerprint, ...state] });
    expect(again.filter(({ verdict }) => verdict !== "right")).toEqual([]);
  });

  it("names every file that is another", async () => {
    const altered = manifest.map((entry, at) =>
      at === 0 ? { ...entry, sha256: "0".repeat(64) } : entry,
    );
    const [first] = manifest;
    expect(wrong(await check({ manifest: altered }))).toEqual([`${first?.app} ${first?.path}`]);
  });

  it("finds another newsroom's key", async () => {
    const other = base64url(new Uint8Array(32).fill(1));
    expect(wrong(await check({ arguments: ["--fingerprint", other] }))).toEqual(["newsroom key"]);
  });

  it("finds a log that is another than the last time, and keeps what it had seen", async () => {
    const state = ["--state", join(kept, "forked")];
    await check({ arguments: state });
    const leaves = await leavesOf(server);
    await rewriteLog(server, [...leaves.slice(0, 2), ...leaves.slice(2).reverse()]);
    for (const _ of [1, 2]) {
      expect(wrong(await check({ arguments: state }))).toEqual(["log since the last time"]);
    }
  });

  it("finds a leaf that was altered below its root, and a list that has lapsed", async () => {
    server.moveDays(60);
    expect(wrong(await check())).toEqual(["list of journalists"]);
    await server.pool.query("UPDATE log_leaf SET bytes = bytes || '\\x00' WHERE index = 3");
    expect(wrong(await check())).toContain("list and log");
  });

  it("made in another folder at another time finds the same files, and one word that is changed there", async () => {
    const elsewhere = join(kept, "another checkout");
    for (const part of ["src", "views", "package.json", "dist/cli", "dist/protocol", "dist/site"]) {
      cpSync(join(root, part), join(elsewhere, part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(elsewhere, "node_modules"));
    const longAgo = new Date("2001-02-03T04:05:06Z");
    for (const name of readdirSync(join(elsewhere, "views"), {
      recursive: true,
      encoding: "utf8",
    })) {
      utimesSync(join(elsewhere, "views", name), longAgo, longAgo);
    }
    const run = (): Promise<readonly [number, string]> =>
      new Promise((done) => {
        const main = join(elsewhere, "dist/cli/main.js");
        const given = [main, server.source, "--newsroom", server.newsroom];
        const env = { ...process.env, TZ: "Asia/Tokyo", LC_ALL: "C" };
        const child = execFile(process.execPath, given, { cwd: kept, env }, (_error, out) => {
          done([child.exitCode ?? -1, out]);
        });
      });
    const [code, table] = await run();
    expect([code, table]).toEqual([0, expect.stringContaining("Nothing differs.")]);
    expect(table).toContain("source /");
    const text = join(elsewhere, "views/locales/newsroom.en.json");
    writeFileSync(text, readFileSync(text, "utf8").replace('"Inbox"', '"Outbox"'));
    const [differs, listed] = await run();
    expect([differs, listed]).toEqual([1, expect.stringMatching(/newsroom \/ +DIFFERS/)]);
  }, 180_000);
});

describe("its arguments", () => {
  it("that lead nowhere are said to", async () => {
    const options = readArguments(["http://127.0.0.1:9"]);
    if (options === null) throw new Error("not understood");
    await expect(verify({ crypto: sodium, now: () => 0, manifest }, options)).rejects.toThrow(
      "no answer",
    );
  });

  it.each([
    [[]],
    [["no-address"]],
    [["http://a.example", "--new"]],
    [["http://a.example", "--state"]],
    [["ftp://a.example"]],
  ])("that are %s are not understood", (given) => {
    expect(readArguments(given)).toBeNull();
  });

  it("may be a link, which holds the key", () => {
    expect(readArguments(["https://a.example/#abc"])).toMatchObject({
      source: "https://a.example",
      fingerprint: "abc",
    });
  });
});
