import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "puppeteer-core";
import type { BenchBrowser } from "./browser.ts";

/**
 * The page reports about itself: what runs in it notes when something was there, in milliseconds since the navigation
 * began. The functions here are sent into the page and use nothing from outside.
 */
export type Report = Readonly<Record<string, number>>;

type Noting = { benchReport: Record<string, number> };

/** On the source's page: when one can type, when the message can be sent, when files are stored, when the words are there. */
export const watchSource = (): void => {
  const report: Record<string, number> = {};
  (globalThis as unknown as Noting).benchReport = report;
  const note = (name: string, there: boolean | undefined): void => {
    if (there && report[name] === undefined) report[name] = performance.now();
  };
  const stored = (): boolean => {
    const states = [...document.querySelectorAll('[data-role="file-list"] [data-role="state"]')];
    return states.length > 0 && states.every((state) => state.textContent?.includes("stored"));
  };
  const look = (): void => {
    const main = document.getElementById("main");
    const send = main?.querySelector<HTMLButtonElement>('[data-role="send"]');
    note("ready", send?.disabled === false);
    note("stored", stored());
    note("words", main?.querySelector("#keep-title") !== null && main !== null);
  };
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  });
  // Frames come only once the stylesheet is here: before that nobody sees a field to type in.
  const frame = (): void => {
    note("typing", document.querySelector("#main textarea")?.checkVisibility());
    if (report["typing"] === undefined) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
};

/** In the newsroom: when the first rows of the inbox are there, when everything has been read, when the key log was checked. */
export const watchNewsroom = (): void => {
  const report: Record<string, number> = {};
  (globalThis as unknown as Noting).benchReport = report;
  const note = (name: string, there: boolean): void => {
    if (there && report[name] === undefined) report[name] = performance.now();
  };
  const look = (): void => {
    note("rows", document.querySelector('[data-role="rows"] > li') !== null);
    const count = document.querySelector('[data-role="inbox"] [data-role="count"]');
    note("done", (count?.textContent ?? "") !== "");
    const log = document.querySelector('[data-role="state-log"]');
    note("checked", (log?.textContent ?? "") !== "");
  };
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  });
};

/** Presses a moment later, when nobody is attached any more, and notes when. */
export const pressLater = (page: Page, selector: string): Promise<void> =>
  page.evaluate((wanted) => {
    const button = document.querySelector<HTMLElement>(wanted);
    if (button === null) throw new Error(`nothing to press: ${wanted}`);
    setTimeout(() => {
      (globalThis as unknown as Noting).benchReport["pressed"] = performance.now();
      button.click();
    }, 400);
  }, selector);

const readReport = (page: Page): Promise<Report> =>
  page.evaluate(() => ({ ...(globalThis as unknown as Noting).benchReport }));

export type Wait = {
  readonly until: string;
  readonly firstMs: number;
  /** Stays attached: letting go while a page loads leaves its worker waiting for a debugger. */
  readonly attached?: boolean;
};

/** The page as it is after coming back to it: what was held before has gone with the connection. */
export type Seen = { readonly report: Report; readonly page: Page };

/** The report once it holds `until`, looked at after `firstMs` and then each second. */
export const reportOf = async (
  browser: BenchBrowser,
  page: Page,
  { until, firstMs, attached = false }: Wait,
): Promise<Seen> => {
  const wait = async (on: Page, ms: number): Promise<Page> => {
    if (!attached) return browser.alone(on, ms);
    await sleep(ms);
    return on;
  };
  let current = await wait(page, firstMs);
  for (let tries = 0; tries < 60; tries++) {
    const report = await readReport(current);
    if (report[until] !== undefined) return { report, page: current };
    current = await wait(current, 500);
  }
  throw new Error(
    `never "${until}"; the page shows:\n${await current.evaluate(() => document.body.innerText)}`,
  );
};

export const between = (report: Report, from: string, to: string): number =>
  (report[to] ?? Number.NaN) - (report[from] ?? 0);
