import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { configTable } from "../../src/server/config.ts";

const readme = readFileSync("README.md", "utf8");

it("shows the settings as the server reads them", () => {
  const [, table] = readme.split(/<!-- \/?settings.*-->/);
  expect(table?.trim()).toBe(configTable());
});

it("links to nothing that is not there", () => {
  const targets = [...readme.matchAll(/\]\(([^)#]+)\)/g)].flatMap(([, target]) => target ?? []);
  expect(targets.filter((target) => !existsSync(target))).toEqual([]);
});

it("names only tests that exist in the threat model", () => {
  const model = readFileSync("docs/threat-model.md", "utf8");
  const named = [...model.matchAll(/`(tests\/[^`]+)`/g)].flatMap(([, path]) => path ?? []);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});
