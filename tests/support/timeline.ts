import type { Page } from "puppeteer-core";
import { isRed } from "./red.ts";

/** The picture of messaging keys, as the page draws it. */

const STATES = ["destroyed", "dropped", "kept", "now", "ahead", "gap"] as const;
type State = (typeof STATES)[number];

/** In how many periods somebody's strip shows a state. */
export type Strip = Readonly<Record<State, number>>;

const stripOf = (row: Element, states: readonly string[]) =>
  states.map((state) => {
    const path = row.querySelector<SVGPathElement>(`[data-role=strip-${state}]`);
    if (path === null) throw new Error(`no strip of ${state}`);
    const starts = [...(path.getAttribute("d") ?? "").matchAll(/M(\d+)/g)];
    const periods = new Set(starts.map(([, x]) => Math.floor(Number(x) / 12)));
    const { width, height } = path.getBoundingClientRect();
    const { stroke } = getComputedStyle(path);
    return { state, periods: width > 0 && height > 0 ? periods.size : 0, stroke };
  });

/** Of the journalist whose row has this name: each state's periods, and which states are red. */
export const seeStrip = async (
  page: Page,
  name: string,
): Promise<{ readonly strip: Strip; readonly red: readonly string[] }> => {
  for (const row of await page.$$("li.timeline-line")) {
    if (!(await row.evaluate((one) => one.textContent ?? "")).includes(name)) continue;
    const seen = await row.evaluate(stripOf, STATES);
    const strip = Object.fromEntries(seen.map(({ state, periods }) => [state, periods])) as Strip;
    return { strip, red: seen.filter(({ stroke }) => isRed(stroke)).map(({ state }) => state) };
  }
  throw new Error(`no row of ${name}`);
};
