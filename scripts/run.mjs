// Runs a TypeScript file of the tests: `node scripts/run.mjs tests/vectors/generate.ts`. Bundled first, since Node 20 reads no TypeScript.
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const entry = process.argv[2] ?? "";
const outfile = join(root, "dist/run", `${basename(entry, ".ts")}.mjs`);
process.chdir(root);
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
});
await import(pathToFileURL(outfile).href);
