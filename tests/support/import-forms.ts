import { dirname, relative } from "node:path";

export type Form = {
  readonly name: string;
  /** The compiler itself can read the module's name in this form. */
  readonly plain: boolean;
  readonly text: (module: string) => string;
};

const plain = (name: string, text: (module: string) => string): Form => ({
  name,
  plain: true,
  text,
});
const hidden = (name: string, text: (module: string) => string): Form => ({
  name,
  plain: false,
  text,
});

/** Every way a module can be named; each reads `value` or `Shape` of it. */
export const forms: readonly Form[] = [
  plain("direct import", (m) => `import { value } from "${m}";\nexport const got = value;\n`),
  plain("namespace import", (m) => `import * as all from "${m}";\nexport const got = all;\n`),
  plain("import for its effects", (m) => `import "${m}";\nexport {};\n`),
  plain(
    "type-only import",
    (m) => `import type { Shape } from "${m}";\nexport type Got = Shape;\n`,
  ),
  plain("re-export", (m) => `export { value } from "${m}";\n`),
  plain("re-export of everything", (m) => `export * from "${m}";\n`),
  plain("type-only re-export", (m) => `export type { Shape } from "${m}";\n`),
  plain("import type in place", (m) => `export type Got = import("${m}").Shape;\n`),
  plain("dynamic import", (m) => `export const got = import("${m}");\n`),
  hidden("dynamic import of a template", (m) => `export const got = import(\`${m}\`);\n`),
  hidden(
    "computed dynamic import",
    (m) => `export const got = import("${m.slice(0, 3)}" + "${m.slice(3)}");\n`,
  ),
  hidden(
    "dynamic import of a name",
    (m) => `const module = ["${m}"].join("");\nexport const got = import(module);\n`,
  ),
  hidden(
    "createRequire",
    (m) =>
      `import { createRequire } from "node:module";\nexport const got = createRequire(import.meta.url)("${m}");\n`,
  ),
  hidden(
    "createRequire of a built-in",
    (m) =>
      `export const got = process.getBuiltinModule("node:module").createRequire(import.meta.url)("${m}");\n`,
  ),
  hidden(
    "require",
    (m) =>
      `declare const require: (name: string) => unknown;\nexport const got = require("${m}");\n`,
  ),
  hidden("import and require", (m) => `import got = require("${m}");\nexport { got };\n`),
];

/** The shortest path from one file of the tree to another, as an import writes it. */
export const pathTo = (target: string, from: string): string => {
  const path = relative(dirname(from), target);
  return path.startsWith(".") ? path : `./${path}`;
};
