import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type Catalogue, catalogueProblems, readCatalogues } from "../../src/site/catalogue.ts";

const folder = resolve(import.meta.dirname, "../../views/locales");

const made = (
  language: string,
  messages: Catalogue["messages"] | [string, never][],
): Catalogue => ({
  language,
  messages: new Map(messages),
});

describe("message catalogues", () => {
  it.each(["source", "newsroom"])("of the %s app say the same in every language", (app) => {
    expect(catalogueProblems(readCatalogues(folder, app))).toEqual([]);
  });

  it("of the source's page exist in English, French and Arabic", () => {
    const languages = readCatalogues(folder, "source").map((catalogue) => catalogue.language);
    expect(languages).toEqual(["en", "ar", "fr"]);
  });

  it("are refused when a language lacks a key", () => {
    const problems = catalogueProblems([made("en", new Map([["a", "A"]])), made("fr", new Map())]);
    expect(problems).toEqual(["fr: a is missing"]);
  });

  it("are refused when a language has a key of its own", () => {
    const base = made("en", new Map([["a", "A"]]));
    const more = made("fr", new Map([...base.messages, ["b", "B"]]));
    expect(catalogueProblems([base, more])).toEqual(["fr: b is not in en"]);
  });

  it("are refused when a placeholder is lost", () => {
    const base = made("en", new Map([["a", "Hello {name}"]]));
    const other = made("fr", new Map([["a", "Bonjour"]]));
    expect(catalogueProblems([base, other])).toEqual(["fr: a has other placeholders"]);
  });

  it("are refused when a plural of the language is missing", () => {
    const base = made("en", new Map([["a", { one: "1", other: "n" }]]));
    const other = made("ar", new Map([["a", { one: "1", other: "n" }]]));
    expect(catalogueProblems([base, other])).toContain('ar: a lacks the plural "few"');
  });

  it("never promise what cannot be kept", () => {
    const words = readCatalogues(folder, "source").flatMap((catalogue) =>
      [...catalogue.messages.values()].flatMap((message) =>
        typeof message === "string" ? [message] : Object.values(message),
      ),
    );
    expect(words.filter((text) => /100 ?%|anonym|military|encrypt|metadata/i.test(text))).toEqual(
      [],
    );
  });
});
