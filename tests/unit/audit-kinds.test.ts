import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AUDIT_KINDS, AUDIT_SETTINGS } from "../../src/protocol/public/audit.ts";
import { readCatalogues, scriptTexts } from "../../src/site/catalogue.ts";

const kinds = Object.entries(AUDIT_KINDS).map(([kind, { code, values }]) => ({
  kind,
  code,
  values: values as readonly string[],
}));

const [english] = readCatalogues("views/locales", "newsroom");
const texts = english === undefined ? [] : scriptTexts(english);
const textsOf = (key: string): readonly string[] =>
  texts.flatMap(([name, text]) => (name.replace(/\.(one|other)$/, "") === key ? [text] : []));

const PLACES = ["tests/integration", "tests/promise"];

/** As `said` in tests/support/audit.ts puts a line: kind, actor or nobody, subject or nobody, values. */
const isExpected = ({ kind, values }: (typeof kinds)[number], tests: string): boolean => {
  const value = String.raw` (?:\d+|\$\{[^}]+\})`;
  const line = String.raw`${kind} \d* \d*${value.repeat(values.length)}`;
  return new RegExp(`["\`]${line}["\`]`).test(tests);
};

describe("the kinds of lines in the audit trail", () => {
  it("each have a code of their own, for good", () => {
    const codes = kinds.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => code < 1 || code > 0xffff)).toEqual([]);
  });

  it("stand in the document under the same code", () => {
    const document = readFileSync("docs/protocol.md", "utf8");
    const missing = kinds.filter(({ kind, code }) => !document.includes(`| ${code} ${kind} `));
    expect(missing.map(({ kind }) => kind)).toEqual([]);
  });

  it("are each said in words that ask only for what the line holds", () => {
    const wrong = kinds.flatMap(({ kind, values }) => {
      const own = textsOf(`audit.kind.${kind}`);
      const asked = own.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      const known = ["whom", ...values, ...(kind === "settings-changed" ? ["settings"] : [])];
      return own.length === 0 || asked.some((name) => !known.includes(name ?? "")) ? [kind] : [];
    });
    expect(wrong).toEqual([]);
  });

  it("are each expected, as a whole line, by a test in which a server really wrote it", () => {
    const files = PLACES.flatMap((place) => readdirSync(place).map((name) => join(place, name)));
    const tests = files.map((file) => readFileSync(file, "utf8")).join("\n");
    const missing = kinds.filter((kind) => !isExpected(kind, tests));
    expect(missing.map(({ kind }) => kind)).toEqual([]);
  });

  it("name every setting in words", () => {
    const missing = AUDIT_SETTINGS.filter((name) => textsOf(`audit.setting.${name}`).length === 0);
    expect(missing).toEqual([]);
  });
});
