import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../../src/server/config.ts";
import type { SecretState } from "../../src/server/secret-change/secret-change.ts";
import { createSecretJob } from "../../src/server/secret-job.ts";
import {
  changeSecretOfDataDir,
  previousSecretOfDataDir,
  secretOfDataDir,
} from "../../src/server/secrets/secret-file.ts";
import { createSecrets } from "../../src/server/secrets/secrets.ts";

const OLD = "o".repeat(40);
const NEW = "n".repeat(40);
const value = new TextEncoder().encode("a second factor");

let folder: string;
const at = (name: string) => join(folder, name);
const text = (name: string) => readFileSync(at(name), "utf8").trim();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sealdrop-secret-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("secrets that change", () => {
  const before = createSecrets(OLD);
  const changing = createSecrets(NEW, { previous: OLD });
  const waiting = createSecrets(OLD, { next: NEW });
  const after = createSecrets(NEW);

  it("accept what stands under any of them, and write under one alone", () => {
    for (const one of [changing, waiting]) {
      for (const other of [before, after]) {
        expect(one.open("totp", other.seal("totp", value))).toEqual(value);
        expect(one.hashes("session", value)).toContainEqual(other.hash("session", value));
        expect(one.keys("x")).toContainEqual(other.key("x"));
      }
    }
    expect(after.open("totp", changing.seal("totp", value))).toEqual(value);
    expect(before.open("totp", changing.seal("totp", value))).toBeNull();
    expect(before.open("totp", waiting.seal("totp", value))).toEqual(value);
  });

  it("have ids of their own, which are none of their keys", () => {
    expect(changing.previous?.id).toEqual(before.id);
    expect(changing.id).toEqual(after.id);
    expect(after.id).not.toEqual(before.id);
    expect(after.key("id").subarray(0, 8)).not.toEqual(after.hash("id", value).subarray(0, 8));
  });
});

describe("the settings of a changing secret", () => {
  it.each(["SEALDROP_SECRET_PREVIOUS", "SEALDROP_SECRET_NEXT"])(
    "%s is another secret, of the same length at least, and none in an empty file",
    (name) => {
      const read = (value: string) => () => readConfig({ SEALDROP_SECRET: OLD, [name]: value });
      expect(read(OLD)).toThrow(`${name} must be at least 32 characters, and another`);
      expect(read("short")).toThrow(`${name} must be`);
      expect(read(NEW)).not.toThrow();
      writeFileSync(at("empty"), "\n");
      const empty = readConfig({ SEALDROP_SECRET: OLD, [`${name}_FILE`]: at("empty") });
      expect([empty.secretPrevious, empty.secretNext]).toEqual([null, null]);
    },
  );

  it("an empty file for SEALDROP_SECRET itself is refused: another secret would be made in silence", () => {
    writeFileSync(at("empty"), "");
    expect(() => readConfig({ SEALDROP_SECRET_FILE: at("empty") })).toThrow("SEALDROP_SECRET must");
  });
});

describe("the secret in the data folder", () => {
  it("is changed with the one before beside it, once until that is over", () => {
    const first = secretOfDataDir(folder);
    expect(previousSecretOfDataDir(folder)).toBeNull();
    changeSecretOfDataDir(folder);
    expect(secretOfDataDir(folder)).not.toBe(first);
    expect(previousSecretOfDataDir(folder)).toBe(first);
    expect(() => changeSecretOfDataDir(folder)).toThrow("not over");
    expect(previousSecretOfDataDir(folder)).toBe(first);
  });

  it("interrupted anywhere is still there, and the next try finishes", () => {
    const first = secretOfDataDir(folder);
    // Stopped before the new one was whole, and before it took its place.
    writeFileSync(at("secret-unfinished"), "ab");
    copyFileSync(at("secret"), at("secret-previous"));
    expect([secretOfDataDir(folder), previousSecretOfDataDir(folder)]).toEqual([first, null]);
    changeSecretOfDataDir(folder);
    expect(previousSecretOfDataDir(folder)).toBe(first);
    expect(existsSync(at("secret-unfinished"))).toBe(false);
  });

  it("damaged is refused by name and never replaced", () => {
    secretOfDataDir(folder);
    writeFileSync(at("secret-previous"), "x");
    expect(() => previousSecretOfDataDir(folder)).toThrow("`secret-previous` in the data folder");
    writeFileSync(at("secret"), "x");
    expect(() => changeSecretOfDataDir(folder)).toThrow("damaged");
    expect(text("secret")).toBe("x");
  });

  it("that is not there yet is not changed", () => {
    expect(() => changeSecretOfDataDir(folder)).toThrow("There is no secret");
    expect(existsSync(at("secret"))).toBe(false);
  });
});

describe("the job", () => {
  const settled: SecretState = { moved: 0, unreadable: 0, previousNeeded: false };
  const run = async (states: readonly SecretState[], environment = {}) => {
    const config = readConfig({ SEALDROP_DATA_DIR: folder, ...environment });
    const left = [...states];
    const said: string[] = [];
    const change = { run: () => Promise.resolve(left.shift() ?? settled) };
    const job = createSecretJob(config, change, (line) => said.push(line));
    for (const _ of states) await job.run();
    return said;
  };

  it("removes the one before from the data folder only when nothing needs it", async () => {
    secretOfDataDir(folder);
    changeSecretOfDataDir(folder);
    const said = await run([{ ...settled, previousNeeded: true }]);
    expect(said).toHaveLength(1);
    expect(existsSync(at("secret-previous"))).toBe(true);
    expect(await run([settled, settled])).toEqual([
      "sealdrop: The secret before was removed: nothing needs it any more.",
    ]);
    expect(existsSync(at("secret-previous"))).toBe(false);
    changeSecretOfDataDir(folder);
  });

  it("tells whoever set it that it can go, and touches no file", async () => {
    secretOfDataDir(folder);
    changeSecretOfDataDir(folder);
    chmodSync(at("secret-previous"), 0o400);
    const environment = { SEALDROP_SECRET: NEW, SEALDROP_SECRET_PREVIOUS: OLD };
    expect(await run([settled, settled], environment)).toEqual([
      "sealdrop: SEALDROP_SECRET_PREVIOUS can be taken away: nothing needs it any more.",
    ]);
    expect(existsSync(at("secret-previous"))).toBe(true);
  });

  it("says in one line, once, which setting opens what cannot be read", async () => {
    const lost = { moved: 0, unreadable: 3, previousNeeded: null };
    const said = await run([lost, lost]);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/3.*another secret.*SEALDROP_SECRET_PREVIOUS/);
  });

  it("is silent where no secret changes", async () => {
    expect(await run([{ moved: 0, unreadable: 0, previousNeeded: null }])).toEqual([]);
  });
});
