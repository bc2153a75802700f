import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readCatalogues, scriptTexts } from "../../src/site/catalogue.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "src/browser/source");

const scripts = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(join(folder, name), "utf8"))
  .join("\n");

const [english] = readCatalogues(join(root, "views/locales"), "source");
const keys = english === undefined ? [] : scriptTexts(english).map(([key]) => key);
const plurals = /\.(one|other|many|few|two|zero)$/;
const names = new Set(keys.map((key) => key.replace(plurals, "")));

/** Whatever looks like a key: two or more parts, the first one of the catalogue's. */
const groups = new Set([...names].map((name) => name.split(".")[0]));
const spoken = [...scripts.matchAll(/"([a-z]+(?:\.[a-z-]+)+)"/g)]
  .map(([, key = ""]) => key)
  .filter((key) => groups.has(key.split(".")[0]) && !key.endsWith(".ts"));

/** Made of a reason or a finding: see closed.ts, warnings.ts and readers.ts. */
const composed = /^(?:closed\.|warning\.|check\.link-)/;

describe("the texts of the source's page", () => {
  it("are there for every key a script asks for", () => {
    expect(spoken.length).toBeGreaterThan(40);
    expect(spoken.filter((key) => !names.has(key))).toEqual([]);
  });

  it("are there for every reason why the form is closed", () => {
    const source = readFileSync(join(folder, "closed.ts"), "utf8");
    const type = /ClosedReason =([^;]+);/.exec(source)?.[1] ?? "";
    const reasons = [...type.matchAll(/"([a-z-]+)"/g)].map(([, reason]) => reason);
    expect(reasons.length).toBe(10);
    for (const reason of reasons) {
      for (const ending of ["", "-title", "-do"]) {
        expect(names).toContain(`closed.${reason}${ending}`);
      }
    }
  });

  it("are there for every newsroom key that a link can name", () => {
    const source = readFileSync(join(folder, "worker/api.ts"), "utf8");
    const type = /LinkKey =([^;]+);/.exec(source)?.[1] ?? "";
    const kinds = [...type.matchAll(/"([a-z]+)"/g)].map(([, kind]) => `check.link-${kind}`);
    expect([...names].filter((name) => name.startsWith("check.link-")).sort()).toEqual(
      kinds.sort(),
    );
  });

  it("are all used", () => {
    const asked = new Set(spoken);
    const idle = [...names].filter((name) => !asked.has(name) && !composed.test(name));
    expect(idle).toEqual(["retention"]);
  });
});
