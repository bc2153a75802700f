// `npm test`: makes a fresh clone ready, checks types, walls and style, and runs every test. Whatever follows
// `npm test --` goes to vitest. The last line is the sum: "N passed, N failed".
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";

const root = resolve(import.meta.dirname, "..");
const reports = mkdtempSync(join(tmpdir(), "sealdrop-test-"));
const browsers = [
  ["/usr/bin/chromium", "chromium"],
  ["/usr/bin/firefox-esr", "firefox-esr"],
];

const run = (command, args, env = {}) => {
  const options = { cwd: root, stdio: "inherit", env: { ...process.env, ...env } };
  return spawnSync(command, args, options).status === 0;
};

const tool = (name) => join(root, "node_modules/.bin", name);

const missingPackages = () =>
  browsers.filter(([program]) => !existsSync(program)).map(([, name]) => name);

const haveBrowsers = () => {
  if (missingPackages().length === 0) return true;
  const apt = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (apt) {
    const quietly = { DEBIAN_FRONTEND: "noninteractive" };
    run("apt-get", ["update", "-q"], quietly);
    run(
      "apt-get",
      ["install", "-q", "-y", "--no-install-recommends", ...missingPackages()],
      quietly,
    );
  }
  if (missingPackages().length === 0) return true;
  console.error(
    `The tests drive real browsers. Install ${missingPackages().join(" and ")} (on Debian: apt-get install ${missingPackages().join(" ")}).`,
  );
  return false;
};

const sum = (results) =>
  results.reduce(
    (all, each) => ({ passed: all.passed + each.passed, failed: all.failed + each.failed }),
    { passed: 0, failed: 0 },
  );

const step = (done) => (done ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

// A file that cannot even be loaded has no failed test, and a test that did not run has not passed.
const outcome = ({ status, assertionResults }) => {
  const passed = assertionResults.filter((each) => each.status === "passed").length;
  const failed = assertionResults.length - passed;
  return { passed, failed: failed === 0 && status === "failed" ? 1 : failed };
};

const vitest = (name, args) => {
  const report = join(reports, `${name}.json`);
  const shown = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const clean = run(tool("vitest"), ["run", ...args, ...shown]);
  if (!existsSync(report)) return step(false);
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  const all = sum(testResults.map(outcome));
  return clean || all.failed > 0 ? all : { ...all, failed: 1 };
};

const suites = (wanted) =>
  wanted.length > 0
    ? [vitest("wanted", wanted)]
    : [
        vitest("quick", ["tests/unit", "tests/vectors", "tests/integration"]),
        // In fresh processes: after a hundred other files it is three times slower.
        vitest("model", ["tests/model"]),
        // Apart from the quick ones: what fails there is seen first, and browsers share the cores with browsers only.
        // Three at once on two cores: each waits for its browser much of the time.
        vitest("browsers", ["tests/browser", "tests/promise", "--maxWorkers=3"]),
      ];

const testAll = (wanted) => {
  if (!run(process.execPath, ["scripts/prepare.mjs"])) return [step(false)];
  if (!haveBrowsers()) return [step(false)];
  const checks = [
    step(run(tool("tsc"), ["-b"])),
    step(run(tool("biome"), ["check", "--error-on-warnings", "."])),
  ];
  return [...checks, ...suites(wanted)];
};

const { passed, failed } = sum(testAll(process.argv.slice(2)));
rmSync(reports, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
