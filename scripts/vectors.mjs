// Writes tests/vectors/*.json: bundles the generator, since Node 20 reads no TypeScript, and runs it.
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outfile = join(root, "dist/vectors/generate.mjs");
process.chdir(root);
await build({
  entryPoints: ["tests/vectors/generate.ts"],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
});
await import(pathToFileURL(outfile).href);
