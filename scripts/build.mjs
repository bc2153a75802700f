// Builds what runs: the database client, the server, and the site's pages. `npm run check` looks at everything else.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const started = new Date();

const run = (command, args, env = {}) => {
  const options = { cwd: root, stdio: ["ignore", 2, 2], env: { ...process.env, ...env } };
  const { status } = spawnSync(command, args, options);
  if (status !== 0) process.exit(status ?? 1);
};

const tool = (name) => join(root, "node_modules/.bin", name);

// Generating needs no engine; this keeps Prisma from looking for one to download.
run(tool("prisma"), ["generate"], {
  PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true",
  CHECKPOINT_DISABLE: "1",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
});
run(tool("tsc"), ["-b", "src/server", "src/site", "src/cli"]);
if (existsSync(join(root, "views"))) run(process.execPath, ["dist/site/main.js"]);

const stamp = join(root, "dist/.built");
mkdirSync(dirname(stamp), { recursive: true });
writeFileSync(stamp, "");
utimesSync(stamp, started, started);
