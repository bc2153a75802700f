import type { Page } from "puppeteer-core";
import type { BenchBrowser } from "./browser.ts";
import { type BenchNewsroom, forgetCodes } from "./newsroom.ts";
import { pressLater, reportOf, type Seen, watchNewsroom } from "./page-report.ts";
import type { Service } from "./service.ts";

/** The newsroom's page as the reader uses it. */

const fill = (page: Page, selector: string, value: string): Promise<void> =>
  page.evaluate(
    (wanted, text) => {
      const field = document.querySelector<HTMLInputElement>(wanted);
      if (field === null) throw new Error(`nothing to fill: ${wanted}`);
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
    selector,
    value,
  );

const there = async (page: Page, selector: string): Promise<void> => {
  await page.waitForSelector(selector, { visible: true, timeout: 60_000 });
};

const SUBMIT = 'main.card [data-role="submit"]';

export type Entering = {
  readonly service: Service;
  readonly newsroom: BenchNewsroom;
  readonly browser: BenchBrowser;
  /** What to wait for, and how long to leave the browser alone first. */
  readonly until: "rows" | "done" | "checked";
  readonly firstMs: number;
};

/** A browser that has never been here logs in. */
export const logIn = async (entering: Entering): Promise<Seen> => {
  const { service, newsroom, browser } = entering;
  const { login } = newsroom;
  await forgetCodes(service);
  const page = await browser.freshPage();
  await page.evaluateOnNewDocument(watchNewsroom);
  await page.goto(`${service.newsroom}/`);
  await there(page, "#login-code");
  await fill(page, "#login-name", login.userName);
  await fill(page, "#login-passphrase", login.passphrase);
  await fill(page, "#login-code", login.code());
  await pressLater(page, SUBMIT);
  return reportOf(browser, page, entering);
};

/** A browser whose session is there, but whose keys are not. */
export const unlockAgain = async (entering: Entering, page: Page): Promise<Seen> => {
  const { service, newsroom, browser } = entering;
  await page.evaluateOnNewDocument(watchNewsroom);
  await page.goto("about:blank");
  await page.goto(`${service.newsroom}/`);
  await there(page, "#unlock-passphrase");
  await fill(page, "#unlock-passphrase", newsroom.login.passphrase);
  await pressLater(page, SUBMIT);
  return reportOf(browser, page, entering);
};
