import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyTree, type Finding, type Tree } from "../support/planted-tree.ts";

const root = resolve(import.meta.dirname, "../..");

const sinks = [
  'document.body.innerHTML = "x";',
  'document.body.innerHTML += "x";',
  'document.body["innerHTML"] = "x";',
  "document.body[`innerHTML`] = `x`;",
  'Object.assign(document.body, { innerHTML: "x" });',
  'Object.assign(document.body, { "innerHTML": "x" });',
  'Reflect.set(document.body, "innerHTML", "x");',
  'document.body.outerHTML = "x";',
  'document.body.insertAdjacentHTML("beforeend", "x");',
  'document?.body?.insertAdjacentHTML?.("beforeend", "x");',
  'document.body.setHTMLUnsafe("x");',
  'export const got = Document.parseHTMLUnsafe("x");',
  'export const got = document.createRange().createContextualFragment("x");',
  'export const got = new DOMParser().parseFromString("x", "text/html");',
  'document.createElement("iframe").srcdoc = "x";',
  'document.body.setAttribute("onclick", "x");',
  'document.body.setAttribute("srcdoc", "x");',
  'document.body.setAttribute("style", "x");',
  'document.write("x");',
  'document.writeln("x");',
  'document["write"]("x");',
  'eval("x");',
  '(0, eval)("x");',
  'const { eval: run } = globalThis;\nrun("x");',
  "let run: unknown;\n({ eval: run } = globalThis);\nexport const got = run;",
  "export const got = { run: eval };",
  "export const got = { eval };",
  "export const got = { eval: eval };",
  'export const got = globalThis["eval"];',
  'export const got = new Function("x");',
  'setTimeout("x", 1);',
  'setInterval("x", 1);',
  'location.href = "javascript:x";',
];

const randomness = [
  "export const got = (library: { randombytes_buf: (n: number) => Uint8Array }) => library.randombytes_buf(1);",
  'export const got = (library: Record<string, unknown>) => library["randombytes_random"];',
  'import { randomBytes } from "@noble/hashes/utils.js";\nexport const got = randomBytes;',
  "export const got = (library: { keygen: () => unknown }) => library.keygen();",
  "export const got = (library: { crypto_kem_xwing_keypair: () => unknown }) => library.crypto_kem_xwing_keypair();",
  "export const got = (library: { crypto_kem_xwing_enc: () => unknown }) => library.crypto_kem_xwing_enc();",
  "export const got = globalThis.crypto.getRandomValues(new Uint8Array(1));",
];

const environment = [
  "export const got = process.env.HOME;",
  'export const got = process.env["HOME"];',
  'export const got = process["env"].HOME;',
  "export const { env } = process;",
  'import { env } from "node:process";\nexport const got = env;',
  'import env from "process";\nexport const got = env;',
  "export const got = globalThis.process.env;",
];

const rooms: readonly (readonly [string, string, readonly string[]])[] = [
  ["browser/kit", "a sink for HTML or scripts", sinks],
  ["browser/source", "a sink for HTML or scripts", sinks],
  ["browser/newsroom/inbox", "a sink for HTML or scripts", sinks],
  ["protocol/public", "randomness of its own", randomness],
  ["protocol/secret", "randomness of its own", randomness],
  ["server", "the environment", environment],
  ["server/http", "the environment", environment],
];

const plants = rooms.flatMap(([room, name, lines], at) =>
  lines.map((line, index) => ({
    name: `${room}, ${name}: ${line}`,
    file: `src/${room}/planted-${at}-${index}.ts`,
    text: `${line}\n${line.includes("export") ? "" : "export {};\n"}`,
  })),
);

/** What these words look like where they mean nothing. */
const harmless = [
  ["browser/kit", 'export const got = "the innerHTML of a page is never set";\n'],
  ["browser/kit", 'document.body.setAttribute("aria-label", "write");\n'],
  ["browser/kit", "setTimeout(() => document.title, 1);\n"],
  ["browser/newsroom", "export const got = { prf: { eval: { first: 1 } } };\n"],
  ["server", "export const got = process.pid;\n"],
  [
    "server/secrets",
    'import { randomBytes } from "node:crypto";\nexport const got = randomBytes;\n',
  ],
] as const;

const isWall = ({ rule }: Finding): boolean =>
  rule === "plugin" || rule.startsWith("lint/style/noRestricted") || rule.endsWith("noProcessEnv");

let tree: Tree;
let linted: readonly Finding[];

beforeAll(async () => {
  tree = copyTree();
  for (const plant of plants) tree.plant(plant.file, plant.text);
  for (const [index, [room, text]] of harmless.entries())
    tree.plant(`src/${room}/harmless-${index}.ts`, text);
  linted = (await tree.lint()).filter(isWall);
}, 60_000);

afterAll(() => tree.remove());

const filesOf = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith(".ts") && !file.includes("generated"));

describe("names that a room must not use", () => {
  it("refuses every planted sink, randomness and reading of the environment", () => {
    const refused = new Set(linted.map(({ file }) => file));
    expect(plants.filter(({ file }) => !refused.has(file)).map(({ name }) => name)).toEqual([]);
  });

  it("lets the same words through where they mean nothing", () => {
    expect(linted.filter(({ file }) => file.includes("harmless")).map(({ text }) => text)).toEqual(
      [],
    );
  });

  it("cannot be switched off by a comment in the code", () => {
    const comment =
      /@ts-(?:ignore|expect-error|nocheck)|biome-ignore\S*\s+(?:lint:|lint\/plugin|plugin|lint\/style\/(?:noRestricted|noProcessEnv))/;
    const hushed = filesOf("src").filter((file) =>
      comment.test(readFileSync(join(root, file), "utf8")),
    );
    expect(hushed).toEqual([]);
  });
});
