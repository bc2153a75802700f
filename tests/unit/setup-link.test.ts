import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readConfig } from "../../src/server/config.ts";
import { announceSetup } from "../../src/server/setup-link.ts";

const dataDir = mkdtempSync(join(tmpdir(), "sealdrop-link-"));
const path = join(dataDir, "setup-link");
const config = readConfig({ SEALDROP_DATA_DIR: dataDir });
const token = new Uint8Array(32).fill(255);
const link = `http://localhost:3001/#setup=${"_".repeat(42)}8`;
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

it("a terminal is shown the set-up link itself, and no file keeps it", () => {
  expect(announceSetup(config, token, true)).toBe(`set up your newsroom: ${link}`);
  expect(existsSync(path)).toBe(false);
});

it("anything else is told of a file that only the server's user reads", () => {
  expect(announceSetup(config, token, false)).toBe(`set-up link in ${path}`);
  expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual([`${link}\n`, 0o600]);
});

it("once there is a newsroom nothing is said, and the old file is gone", () => {
  announceSetup(config, token, false);
  expect(announceSetup(config, null, false)).toBeNull();
  expect(existsSync(path)).toBe(false);
});
