import type { Calibration } from "./calibration.ts";

/** A figure measures one thing that issue and README promise, and gives one line of the table per limit. */
export type Figure = {
  readonly name: string;
  readonly measure: (bench: Bench) => Promise<readonly Line[]>;
};

export type Bench = {
  readonly runs: number;
  /**
   * Runs `once` as often as asked, each time after a calibration, and gives all results in order.
   * What `once` throws ends the figure.
   */
  readonly repeat: <T>(once: (run: number) => Promise<T>) => Promise<readonly T[]>;
  /** Something to read while it goes on; goes to stderr. */
  readonly say: (text: string) => void;
};

export type Unit = "ms" | "s" | "requests" | "kB" | "MiB" | "times";

export type Line = {
  readonly what: string;
  readonly unit: Unit;
  readonly values: readonly number[];
  /** Null: shown for comparison only. */
  readonly limit: number | null;
  /** Whether a slower machine may take longer: times only, never sizes or ratios. */
  readonly scaled: boolean;
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
};

export type Judged = {
  readonly what: string;
  readonly unit: Unit;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly runs: number;
  readonly limit: number | null;
  /** What the limit was multiplied with: 1 to 1.5. */
  readonly factor: number;
  readonly holds: boolean;
};

/** Slower than the reference may take longer by as much, but never by more than this. */
export const MOST_LOOSENED = 1.5;

const total = (calibration: Calibration): number => calibration.cpuMs + calibration.loopbackMs;

/** A faster machine gets no tighter limit: the limits of the issue are what must be reached. */
export const factorOf = (beside: readonly Calibration[], reference: Calibration): number => {
  const slower = median(beside.map(total)) / total(reference);
  return Math.min(MOST_LOOSENED, Math.max(1, slower));
};

export const judge = (line: Line, factor: number): Judged => {
  const { what, unit, values, limit } = line;
  const used = line.scaled ? factor : 1;
  const middle = median(values);
  return {
    what,
    unit,
    median: middle,
    least: Math.min(...values),
    most: Math.max(...values),
    runs: values.length,
    limit,
    factor: used,
    holds: limit === null || middle <= limit * used,
  };
};
