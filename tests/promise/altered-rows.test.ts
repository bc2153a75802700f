import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { sees } from "../support/page.ts";
import { type PaperSetup, setUpOnPaper } from "../support/paper-setup.ts";

const flipped = (column: string, at: number): string =>
  `${column} = set_byte(${column}, ${at}, get_byte(${column}, ${at}) # 1)`;

/** Whoever holds the database changes rows under the real server; each change is undone afterwards. */
const changes: readonly (readonly [string, string, number, RegExp])[] = [
  [
    "a journalist's messaging key",
    "messaging_key set statement",
    200,
    /No journalist can be reached now/,
  ],
  ["the name of a journalist", "roster set statement", 200, /true signature/],
  ["the newsroom's words", "roster set settings", 12, /true signature/],
  ["the newsroom's key", "newsroom_statement set statement", 10, /true signature/],
];

describe("rows altered in the database", () => {
  let setup: PaperSetup;
  let browser: TestBrowser;

  beforeAll(async () => {
    setup = await setUpOnPaper();
    browser = await openBrowser("chromium");
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await setup?.instance.close();
  });

  const alter = async (change: string, at: number): Promise<void> => {
    const [table = "", , column = ""] = change.split(" ");
    await setup.instance.withDatabase((client) =>
      client.query(`update ${table} set ${flipped(column, at)}`),
    );
    // Replicas may hold the bundle until its version rises; the attacker raises it too.
    await setup.instance.restart();
  };

  const hasForm = (page: Page): Promise<boolean> =>
    page.evaluate(() =>
      [...document.querySelectorAll("textarea")].some((each) => each.checkVisibility()),
    );

  it.each(changes)(
    "%s: the form closes and the page says why",
    async (_name, change, at, why) => {
      await alter(change, at);
      const page = await browser.open(setup.link);
      await sees(page, why);
      expect(await hasForm(page)).toBe(false);
      await page.close();
      await alter(change, at);
      const again = await browser.open(setup.link);
      await sees(again, "Anna Example");
      expect(await hasForm(again)).toBe(true);
      await again.close();
    },
    60_000,
  );
});
