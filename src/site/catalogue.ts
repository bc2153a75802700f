import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A message is a text, or one text for each plural category of its language. */
export type Message = string | { readonly [category: string]: string };
export type Catalogue = {
  readonly language: string;
  readonly messages: ReadonlyMap<string, Message>;
};

/** Keys under this first part travel in the page, for the scripts. */
export const scriptPrefix = "script.";

type Tree = { readonly [key: string]: string | Tree };

function isPlural(node: Tree): node is { readonly [category: string]: string } {
  return typeof node["other"] === "string";
}

function flatten(tree: Tree, prefix: string, into: Map<string, Message>): void {
  for (const [key, node] of Object.entries(tree)) {
    const path = prefix + key;
    if (typeof node === "string" || isPlural(node)) into.set(path, node);
    else flatten(node, `${path}.`, into);
  }
}

/** All languages of an app: one file `<app>.<language>.json` each, English first, then by name. */
export function readCatalogues(folder: string, app: string): readonly Catalogue[] {
  const pattern = new RegExp(`^${app}\\.([a-z]{2,3}(?:-[A-Za-z]+)?)\\.json$`);
  const languages = readdirSync(folder)
    .map((name) => pattern.exec(name)?.[1])
    .filter((language) => language !== undefined)
    .sort((a, b) => Number(b === "en") - Number(a === "en") || (a < b ? -1 : 1));
  return languages.map((language) => {
    const messages = new Map<string, Message>();
    const text = readFileSync(join(folder, `${app}.${language}.json`), "utf8");
    flatten(JSON.parse(text) as Tree, "", messages);
    return { language, messages };
  });
}

/** The text of a key; a missing key stops the build. */
export function textOf(catalogue: Catalogue, key: string): string {
  const message = catalogue.messages.get(key);
  if (typeof message !== "string") {
    throw new Error(`no text for "${key}" in language "${catalogue.language}"`);
  }
  return message;
}

/** Flat key and text pairs for the scripts, plural categories as a last part, sorted. */
export function scriptTexts(catalogue: Catalogue): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (const [path, message] of catalogue.messages) {
    if (!path.startsWith(scriptPrefix)) continue;
    const key = path.slice(scriptPrefix.length);
    if (typeof message === "string") pairs.push([key, message]);
    else for (const [name, text] of Object.entries(message)) pairs.push([`${key}.${name}`, text]);
  }
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}

const placeholders = (text: string): string =>
  [...text.matchAll(/\{(\w+)\}/g)]
    .map(([all]) => all)
    .sort()
    .join(" ");

function pluralProblems(catalogue: Catalogue, key: string, forms: Message): string[] {
  const wanted = new Intl.PluralRules(catalogue.language).resolvedOptions().pluralCategories;
  const given = typeof forms === "string" ? [] : Object.keys(forms);
  const missing = wanted.filter((name) => !given.includes(name));
  const extra = given.filter((name) => !wanted.some((category) => category === name));
  return [
    ...missing.map((name) => `${catalogue.language}: ${key} lacks the plural "${name}"`),
    ...extra.map((name) => `${catalogue.language}: ${key} has a plural "${name}" it never uses`),
  ];
}

function messageProblems(base: Message, catalogue: Catalogue, key: string): string[] {
  const message = catalogue.messages.get(key);
  if (message === undefined) return [`${catalogue.language}: ${key} is missing`];
  if (typeof base !== "string") return pluralProblems(catalogue, key, message);
  if (typeof message !== "string") return [`${catalogue.language}: ${key} must be one text`];
  if (placeholders(base) !== placeholders(message)) {
    return [`${catalogue.language}: ${key} has other placeholders`];
  }
  return [];
}

/** Every way in which the languages differ from the first one; empty when all is well. */
export function catalogueProblems(catalogues: readonly Catalogue[]): readonly string[] {
  const [base] = catalogues;
  if (base === undefined) return ["no language"];
  return catalogues.flatMap((catalogue) => [
    ...[...base.messages].flatMap(([key, text]) => messageProblems(text, catalogue, key)),
    ...[...catalogue.messages.keys()]
      .filter((key) => !base.messages.has(key))
      .map((key) => `${catalogue.language}: ${key} is not in ${base.language}`),
  ]);
}
