import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Form, forms, pathTo } from "../support/import-forms.ts";
import { copyTree, type Finding, type Tree } from "../support/planted-tree.ts";

type Plant = {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly target?: string;
  /** The compiler alone must refuse it, whatever the linter says. */
  readonly compiler: boolean;
};

/** [from, to, whether the two are projects of their own] */
const forbiddenFolders: readonly (readonly [string, string, boolean])[] = [
  ["server", "protocol/secret", true],
  ["server/messages", "protocol/secret", true],
  ["server/http", "protocol/secret", true],
  ["server", "browser/kit", true],
  ["server/staff", "browser/newsroom", true],
  ["server", "site", true],
  ["server/messages", "server/mailboxes", false],
  ["server/uploads", "server/messages", false],
  ["server/roster", "server/staff", false],
  ["server/http", "server/staff", false],
  ["server/database", "server/messages", false],
  ["protocol/public", "protocol/secret", true],
  ["protocol/public", "server", true],
  ["protocol/public", "browser/kit", true],
  ["protocol/secret", "server", true],
  ["protocol/secret", "browser/source", true],
  ["protocol/secret", "site", true],
  ["browser/kit", "server", true],
  ["browser/kit", "protocol/secret", true],
  ["browser/kit", "browser/source", true],
  ["browser/kit", "browser/newsroom", true],
  ["browser/source", "server", true],
  ["browser/source", "browser/newsroom", true],
  ["browser/newsroom", "server", true],
  ["browser/newsroom", "browser/source", true],
  ["browser/newsroom/inbox", "browser/source", true],
  ["browser/streamer", "server", true],
  ["browser/streamer", "protocol/secret", true],
  ["site", "server", true],
  ["site", "protocol/secret", true],
  ["site", "cli", true],
  ["server", "cli", true],
  ["cli", "server", true],
  ["cli", "protocol/secret", true],
  ["cli", "browser/kit", true],
];

const forbiddenPackages: readonly (readonly [string, string])[] = [
  ["server", "libsodium-wrappers"],
  ["server", "libsodium-wrappers-sumo"],
  ["server/messages", "@noble/ciphers/chacha.js"],
  ["server", "@noble/post-quantum/hybrid.js"],
  ["server", "@noble/curves/ed25519.js"],
  ["server/roster", "@noble/hashes/blake2.js"],
  ["server", "@scure/bip39"],
  ["server", "left-pad"],
  ["server", "node:crypto"],
  ["server/messages", "node:crypto"],
  ["server/http", "crypto"],
  ["server", "node:module"],
  ["server/secrets", "libsodium-wrappers"],
  ["protocol/public", "node:fs"],
  ["protocol/public", "node:crypto"],
  ["protocol/public", "libsodium-wrappers"],
  ["protocol/public", "@noble/ciphers/chacha.js"],
  ["protocol/public", "zod"],
  ["protocol/secret", "node:process"],
  ["protocol/secret", "@noble/curves/ed25519.js"],
  ["protocol/secret", "express"],
  ["browser/kit", "libsodium-wrappers"],
  ["browser/source", "libsodium-wrappers"],
  ["browser/source", "@noble/hashes/sha2.js"],
  ["browser/source", "uqr"],
  ["browser/newsroom", "libsodium-wrappers-sumo"],
  ["browser/newsroom", "node:fs"],
  ["browser/streamer", "zod/mini"],
  ["site", "libsodium-wrappers"],
  ["cli", "libsodium-wrappers"],
  ["cli", "express"],
];

const allowedFolders: readonly (readonly [string, string])[] = [
  ["server", "protocol/public"],
  ["server/messages", "protocol/public"],
  ["server/messages", "server/http"],
  ["server/messages", "server/database"],
  ["protocol/secret", "protocol/public"],
  ["browser/kit", "protocol/public"],
  ["browser/source", "browser/kit"],
  ["browser/source", "protocol/secret"],
  ["browser/newsroom", "browser/kit"],
  ["browser/newsroom/inbox", "protocol/secret"],
];

/** What names a platform instead of a module. */
const forbiddenWords: readonly (readonly [string, string, string])[] = [
  ["protocol/public", "the document", "export const got = document.title;\n"],
  ["protocol/secret", "the window", "export const got = window.name;\n"],
  ["protocol/secret", "the platform's randomness", "export const got = crypto.subtle;\n"],
  ["protocol/public", "the network", "export const got = fetch;\n"],
  ["protocol/public", "the clock", "export const got = Date.now();\n"],
  ["protocol/secret", "a random number", "export const got = Math.random();\n"],
  ["protocol/public", "Node's bytes", 'export const got = Buffer.from("a");\n'],
  ["protocol/secret", "Node's process", "export const got = process.pid;\n"],
  ["protocol/secret", "storage", "export const got = localStorage;\n"],
  ["server", "the document", "export const got = document.title;\n"],
  ["server/messages", "the platform's crypto", "export const got = crypto.randomUUID();\n"],
];

const planted = (number: number): string => `planted-${number}.ts`;
let count = 0;

const toFolder = (edge: (typeof forbiddenFolders)[number], form: Form): Plant => {
  const [from, to, compiler] = edge;
  count += 1;
  const file = `src/${from}/${planted(count)}`;
  const target = `src/${to}/target-${count}.ts`;
  return {
    name: `${from} → ${to}, ${form.name}`,
    file,
    target,
    text: form.text(pathTo(target, file)),
    compiler: compiler && form.plain,
  };
};

const toPackage = (edge: readonly [string, string], form: Form): Plant => {
  count += 1;
  return {
    name: `${edge[0]} → ${edge[1]}, ${form.name}`,
    file: `src/${edge[0]}/${planted(count)}`,
    text: form.text(edge[1]),
    compiler: false,
  };
};

/** A path that leaves and comes back is not read by patterns: it must be refused as such. */
const detours = (form: Form): readonly Plant[] =>
  [
    ["server/messages", "./../mailboxes/"],
    ["server/messages", "../messages/../mailboxes/"],
    ["server/messages", ".././mailboxes/"],
  ].map(([from, path]) => {
    count += 1;
    const target = `target-${count}.ts`;
    return {
      name: `${from} → ${path}, ${form.name}`,
      file: `src/${from}/${planted(count)}`,
      target: `src/server/mailboxes/${target}`,
      text: form.text(`${path}${target}`),
      compiler: false,
    };
  });

const words: readonly Plant[] = forbiddenWords.map(([from, name, text]) => {
  count += 1;
  return {
    name: `${from} → ${name}`,
    file: `src/${from}/${planted(count)}`,
    text,
    compiler: false,
  };
});

const forbidden: readonly Plant[] = [
  ...forbiddenFolders.flatMap((edge) => forms.map((form) => toFolder(edge, form))),
  ...forbiddenPackages.flatMap((edge) => forms.map((form) => toPackage(edge, form))),
  ...forms.flatMap(detours),
  ...words,
];

const plainForms = forms.filter(({ plain, name }) => plain && name !== "import type in place");
const allowed: readonly Plant[] = allowedFolders.flatMap((edge) =>
  plainForms.map((form) => toFolder([...edge, false], form)),
);

/** Only these say "wall": a plant refused for an unused name would prove nothing. */
const compilerWalls = ["TS6307", "TS2307", "TS2304", "TS2552", "TS2580", "TS2584", "TS2591"];
const linterWalls = ["lint/style/noRestrictedImports", "lint/style/noRestrictedGlobals", "plugin"];
const isWall = ({ rule }: Finding): boolean =>
  compilerWalls.includes(rule) || linterWalls.includes(rule);

let tree: Tree;
let compiled: readonly Finding[];
let linted: readonly Finding[];

/** Files that were made here, and what they import. */
const made = new Set([...forbidden, ...allowed].flatMap(({ file, target }) => [file, target]));

const of = (found: readonly Finding[], plant: Plant): readonly Finding[] =>
  found.filter((finding) => finding.file === plant.file && isWall(finding));

beforeAll(async () => {
  tree = copyTree();
  for (const plant of [...forbidden, ...allowed]) {
    tree.plant(plant.file, plant.text);
    if (plant.target !== undefined)
      tree.plant(plant.target, "export const value = 1;\nexport type Shape = { readonly a: 1 };\n");
  }
  compiled = await tree.compile();
  linted = await tree.lint();
}, 180_000);

afterAll(() => tree.remove());

describe("walls between the rooms", () => {
  it("lets the tree as it stands through", () => {
    const others = [...compiled, ...linted].filter(({ file }) => !made.has(file));
    expect(others.map(({ file, rule, text }) => `${file}: ${rule} ${text}`)).toEqual([]);
  });

  it("refuses every planted import, by compiler or linter", () => {
    const fallen = forbidden.filter((plant) => of([...compiled, ...linted], plant).length === 0);
    expect(fallen.map(({ name }) => name)).toEqual([]);
  });

  it("refuses by the compiler alone what crosses into a project that is not referenced", () => {
    const fallen = forbidden
      .filter(({ compiler }) => compiler)
      .filter((plant) => !of(compiled, plant).some(({ rule }) => rule === "TS6307"));
    expect(fallen.map(({ name }) => name)).toEqual([]);
  });

  it("lets through what a room may import", () => {
    const refused = allowed.flatMap((plant) =>
      of([...compiled, ...linted], plant).map(({ rule }) => `${plant.name}: ${rule}`),
    );
    expect(refused).toEqual([]);
  });
});
