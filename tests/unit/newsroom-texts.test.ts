import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { FINDING_KINDS } from "../../src/browser/newsroom/worker/witness/finding.ts";
import { CHANGE_KINDS } from "../../src/browser/newsroom/worker/witness/memory.ts";
import { ERRORS } from "../../src/protocol/public/errors.ts";
import { readCatalogues, scriptTexts } from "../../src/site/catalogue.ts";

const root = resolve(import.meta.dirname, "../..");

const filesIn = (folder: string, ending: string): string =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(root, folder, name), "utf8"))
    .join("\n");

const scripts = filesIn("src/browser/newsroom", ".ts");
const views = filesIn("views/newsroom", ".eta");

const [english] = readCatalogues(join(root, "views/locales"), "newsroom");
const spokenKeys = english === undefined ? [] : scriptTexts(english).map(([key]) => key);
const plurals = /\.(one|other)$/;
const names = new Set(spokenKeys.map((key) => key.replace(plurals, "")));
const groups = new Set([...names].map((name) => name.split(".")[0]));
const asked = [...scripts.matchAll(/"([a-z][a-zA-Z]*(?:\.[a-zA-Z-]+)+)"/g)]
  .map(([, key = ""]) => key)
  .filter((key) => groups.has(key.split(".")[0] ?? "") && !key.endsWith(".ts"));

/** Refusals that no call of the newsroom's page can meet, or that it turns into something else. */
const ELSEWHERE = new Set([
  "bad-origin",
  "no-room",
  "no-room-for-files",
  "not-logged-in",
  "period-open",
  "roster-early",
  "session-locked",
  "upload-conflict",
  "upload-missing",
  "wrong-answer",
  "wrong-host",
  "wrong-type",
]);

describe("the texts of the newsroom's page", () => {
  it("are there for every key a script asks for", () => {
    expect(asked.length).toBeGreaterThan(60);
    expect(asked.filter((key) => !names.has(key))).toEqual([]);
  });

  it("are there for every error that can reach it", () => {
    const codes = Object.keys(ERRORS).filter((code) => !ELSEWHERE.has(code));
    expect(codes.filter((code) => !names.has(`error.${code}`))).toEqual([]);
  });

  it("are there for whatever a witness may find, and for every change of others", () => {
    const wanted = [
      ...FINDING_KINDS.flatMap((kind) => [`witness.${kind}.title`, `witness.${kind}.text`]),
      ...CHANGE_KINDS.map((kind) => `witness.change.${kind}`),
    ];
    expect(wanted.filter((key) => !names.has(key))).toEqual([]);
  });

  it("are all used in the views", () => {
    const inViews = new Set(
      [...views.matchAll(/"([a-z][a-zA-Z]*(?:\.[a-zA-Z-]+)+)"/g)].map(([, key]) => key),
    );
    const unused = [...(english?.messages.keys() ?? [])].filter(
      (key) => !key.startsWith("script.") && !key.startsWith("meta.") && !inViews.has(key),
    );
    expect(unused).toEqual([]);
  });
});
