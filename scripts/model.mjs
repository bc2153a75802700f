// `npm run test:model`: many runs of tests/model, of a random seed that is printed. `-- --runs 500 --seed 7` for others; `--path` and
// `--replay` are those that a failed run prints ("path" and "replayPath"); `--quick` does not shorten the list of steps.
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";

const root = resolve(import.meta.dirname, "..");
const text = { type: "string" };
const { values } = parseArgs({
  options: { runs: text, seed: text, path: text, replay: text, quick: { type: "boolean" } },
});

const env = {
  ...process.env,
  SEALDROP_MODEL_RUNS: values.runs ?? "5000",
  SEALDROP_MODEL_SEED: values.seed ?? String(randomInt(2 ** 31)),
  ...(values.path !== undefined && { SEALDROP_MODEL_PATH: values.path }),
  ...(values.quick && { SEALDROP_MODEL_QUICK: "1" }),
  ...(values.replay !== undefined && { SEALDROP_MODEL_REPLAY: values.replay }),
};

const run = (command, args) =>
  spawnSync(command, args, { cwd: root, stdio: "inherit", env }).status ?? 1;

const prepared = run(process.execPath, ["scripts/prepare.mjs"]);
process.exitCode = prepared || run(join(root, "node_modules/.bin/vitest"), ["run", "tests/model"]);
