import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AppSpec, apps } from "../../src/site/apps.ts";
import { buildSite } from "../../src/site/build.ts";
import { diskPath, type ManifestEntry } from "../../src/site/emit.ts";

const root = resolve(import.meta.dirname, "../..");

/** The source's app without libsodium, which only costs time here. */
const small: readonly AppSpec[] = apps
  .filter((app) => app.name === "source")
  .map((app) => ({ ...app, scripts: app.scripts.filter((script) => script.wasm !== true) }));

describe("the built site", () => {
  const folder = mkdtempSync(join(tmpdir(), "sealdrop-build-"));
  const elsewhere = join(folder, "another place");
  let first: readonly ManifestEntry[] = [];
  let second: readonly ManifestEntry[] = [];

  beforeAll(async () => {
    for (const part of ["src", "views", "package.json"]) {
      cpSync(join(root, part), join(elsewhere, part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(elsewhere, "node_modules"));
    first = await buildSite(root, join(folder, "one"), small);
    second = await buildSite(elsewhere, join(folder, "two"), small);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const file = (entry: ManifestEntry, ending = "") =>
    readFileSync(join(folder, "one", entry.app, `${diskPath(entry.path)}${ending}`));
  const page = (path: string): string => {
    const entry = first.find((one) => one.path === path);
    return entry === undefined ? "" : file(entry).toString("utf8");
  };

  it("has the same bytes when built in another folder", () => {
    expect(second).toEqual(first);
  });

  it("has brotli and gzip of the same bytes beside every file", () => {
    for (const entry of first) {
      expect(brotliDecompressSync(file(entry, ".br")).equals(file(entry))).toBe(true);
      expect(gunzipSync(file(entry, ".gz")).equals(file(entry))).toBe(true);
    }
  });

  it("has one document for each language", () => {
    const pages = first.filter((entry) => entry.type.startsWith("text/html"));
    expect(pages.map((entry) => entry.path)).toEqual(["/", "/ar/", "/fr/"]);
    expect(page("/ar/")).toContain('<html lang="ar" dir="rtl">');
  });

  it("names scripts and styles by their bytes", () => {
    const hashed = first.filter((entry) => !entry.type.startsWith("text/html"));
    expect(hashed.every((entry) => entry.hashed)).toBe(true);
    expect(hashed.every((entry) => /-[0-9a-f]{12}\.(js|css)$/.test(entry.path))).toBe(true);
  });

  it("holds no inline script, inline style or address of another origin", () => {
    for (const path of ["/", "/fr/", "/ar/"]) {
      expect(page(path)).not.toMatch(
        /<script>|<style|\sstyle=|\son[a-z]+=|(src|href)="(https?:)?\/\//,
      );
    }
  });

  it("has scripts that load nothing more by themselves", () => {
    const scripts = first.filter((entry) => entry.type.startsWith("text/javascript"));
    for (const entry of scripts) {
      expect(file(entry).toString("utf8")).not.toMatch(
        /\bimport\(|importScripts|\beval\(|new Function/,
      );
    }
  });

  it("turns off every kind of help with typing in every field for words", () => {
    const fields = page("/").match(/<(textarea|input type="text"|input id="retype)[^>]*>/g) ?? [];
    expect(fields.length).toBeGreaterThan(1);
    for (const field of fields) {
      for (const attribute of [
        'autocomplete="off"',
        'autocorrect="off"',
        'autocapitalize="off"',
        'spellcheck="false"',
        'writingsuggestions="false"',
        'data-gramm="false"',
      ]) {
        expect(field).toContain(attribute);
      }
    }
    expect(page("/")).not.toContain("capture");
  });
});
