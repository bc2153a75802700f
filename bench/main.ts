import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { block } from "./block.ts";
import { type Calibration, openCalibrator } from "./calibration.ts";
import {
  type Bench,
  type Figure,
  factorOf,
  type Judged,
  judge,
  type Line,
  median,
} from "./figure.ts";
import { log } from "./log.ts";
import { login } from "./login.ts";
import { memory } from "./memory.ts";
import { opening } from "./opening.ts";
import { pageFigure } from "./page.ts";
import { ready } from "./ready.ts";
import { rewrap } from "./rewrap.ts";
import { send } from "./send.ts";
import { share } from "./share.ts";
import { closeBrowsers } from "./support/browser.ts";
import { ROOT } from "./support/service.ts";
import { unlock } from "./unlock.ts";
import { upload } from "./upload.ts";

/** Runs the figures that were named, or all, and says which limits hold. Exit code 1 when one does not. */

const FIGURES: readonly Figure[] = [
  pageFigure,
  ready,
  send,
  upload,
  memory,
  login,
  block,
  unlock,
  opening,
  log,
  share,
  rewrap,
];

const REFERENCE = join(ROOT, "bench/reference.json");
const LEAST_RUNS = 9;

const reference = z.object({ cpuMs: z.number(), loopbackMs: z.number() });

type Options = {
  readonly json: boolean;
  readonly runs: number;
  readonly setReference: boolean;
  readonly readme: boolean;
  readonly figures: readonly Figure[];
};

const readOptions = (given: readonly string[]): Options => {
  const names = given.filter((word) => !word.startsWith("--"));
  const unknown = names.find((name) => FIGURES.every((figure) => figure.name !== name));
  if (unknown !== undefined) {
    const known = FIGURES.map((figure) => figure.name).join(", ");
    throw new Error(`no figure "${unknown}"; there are ${known}`);
  }
  const runs = given.find((word) => word.startsWith("--runs="))?.slice(7);
  return {
    json: given.includes("--json"),
    runs: runs === undefined ? LEAST_RUNS : Number(runs),
    setReference: given.includes("--set-reference"),
    readme: given.includes("--readme"),
    figures: names.length === 0 ? FIGURES : FIGURES.filter(({ name }) => names.includes(name)),
  };
};

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

type Measured = {
  readonly figure: string;
  readonly calibration: Calibration;
  readonly lines: readonly Judged[];
};

const middle = (all: readonly Calibration[]): Calibration => ({
  cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
  loopbackMs: median(all.map(({ loopbackMs }) => loopbackMs)),
});

const measureAndClose = async (figure: Figure, bench: Bench): Promise<readonly Line[]> => {
  try {
    return await figure.measure(bench);
  } finally {
    await closeBrowsers();
  }
};

const measureFigure = async (
  figure: Figure,
  options: Options,
  calibrate: () => Promise<Calibration>,
): Promise<Measured> => {
  const beside: Calibration[] = [];
  const bench: Bench = {
    runs: options.runs,
    say: (text) => say(`${figure.name}: ${text}`),
    repeat: async (once) => {
      const results: Awaited<ReturnType<typeof once>>[] = [];
      for (let run = 0; run < options.runs; run++) {
        beside.push(await calibrate());
        results.push(await once(run));
      }
      return results;
    },
  };
  say(`${figure.name} ...`);
  const lines = await measureAndClose(figure, bench);
  const stored = existsSync(REFERENCE)
    ? reference.parse(JSON.parse(readFileSync(REFERENCE, "utf8")))
    : middle(beside);
  const factor = factorOf(beside, stored);
  return {
    figure: figure.name,
    calibration: middle(beside),
    lines: lines.map((line) => judge(line, factor)),
  };
};

const amount = (value: number): string => {
  if (value >= 100) return value.toFixed(0);
  return Number.isInteger(value) ? String(value) : value.toFixed(value >= 10 ? 1 : 2);
};

const limitOf = ({ limit, factor, unit }: Judged): string => {
  if (limit === null) return "";
  const scaled = factor > 1 ? ` (x ${factor.toFixed(2)} here)` : "";
  return `${amount(limit)} ${unit}${scaled}`;
};

const rowOf = (line: Judged): string => {
  const verdict = line.limit === null ? "" : line.holds ? "yes" : "**no**";
  const spread = `${amount(line.least)} to ${amount(line.most)}`;
  return `| ${line.what} | ${amount(line.median)} ${line.unit} | ${spread} | ${limitOf(line)} | ${verdict} |`;
};

const tableOf = (all: readonly Measured[]): string =>
  [
    "| what | median | spread | limit | holds |",
    "|---|---|---|---|---|",
    ...all.flatMap(({ lines }) => lines.map(rowOf)),
  ].join("\n");

const setReference = (all: readonly Measured[]): void => {
  const { cpuMs, loopbackMs } = middle(all.map(({ calibration }) => calibration));
  const rounded = { cpuMs: Math.round(cpuMs), loopbackMs: Math.round(loopbackMs) };
  writeFileSync(REFERENCE, `${JSON.stringify(rounded, null, 2)}\n`);
};

const README = join(ROOT, "README.md");
const PLACE = /(<!-- figures[^>]*-->\n)[\s\S]*?(<!-- \/figures -->)/;

const writeReadme = (all: readonly Measured[]): void => {
  const text = readFileSync(README, "utf8");
  if (!PLACE.test(text)) throw new Error("README.md has no place for the figures");
  writeFileSync(
    README,
    text.replace(PLACE, (_, from, to) => `${from}${tableOf(all)}\n${to}`),
  );
};

const options = readOptions(process.argv.slice(2));
const calibrator = await openCalibrator();
const all: Measured[] = [];
for (const figure of options.figures) {
  all.push(await measureFigure(figure, options, calibrator.measure));
}
calibrator.close();
if (options.setReference) setReference(all);
if (options.readme) writeReadme(all);
console.log(
  options.json ? JSON.stringify({ runs: options.runs, figures: all }, null, 2) : tableOf(all),
);
if (options.runs < LEAST_RUNS) say(`a figure is a median of at least ${LEAST_RUNS} runs`);
process.exitCode = all.every(({ lines }) => lines.every(({ holds }) => holds)) ? 0 : 1;
