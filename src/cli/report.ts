/** What an outside check found, as a table for people. */

export type Row = {
  readonly what: string;
  readonly verdict: "right" | "DIFFERS" | "not checked";
  readonly detail: string;
};

export const right = (what: string, detail: string): Row => ({ what, verdict: "right", detail });
export const differs = (what: string, detail: string): Row => ({
  what,
  verdict: "DIFFERS",
  detail,
});
export const judged = (what: string, holds: boolean, detail: string): Row =>
  holds ? right(what, detail) : differs(what, detail);

export const tableOf = (rows: readonly Row[]): string => {
  const [what, verdict] = [Math.max(...rows.map((row) => row.what.length)), "not checked".length];
  return rows
    .map((row) => `${row.what.padEnd(what)}  ${row.verdict.padEnd(verdict)}  ${row.detail}`)
    .join("\n");
};

/** What a server says goes onto somebody's terminal: control characters would be obeyed there. */
export const plain = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
