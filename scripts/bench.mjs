// `npm run bench`: readies the clone, bundles bench/ (Node 20 reads no TypeScript) and runs it.
// Names of figures, `--json` and `--runs=N` go through: `npm run bench -- send unlock --json`.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const { status } = spawnSync(process.execPath, ["scripts/prepare.mjs"], {
  stdio: ["ignore", 2, 2],
});
if (status !== 0) process.exit(status ?? 1);

const { build } = await import("esbuild");
const outdir = join(root, "dist/bench");
await build({
  entryPoints: {
    main: "bench/main.ts",
    "seal-worker": "bench/support/seal-worker.ts",
  },
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  logLevel: "error",
  define: { "import.meta.dirname": JSON.stringify(join(root, "bench/support")) },
});
await import(pathToFileURL(join(outdir, "main.mjs")).href);
