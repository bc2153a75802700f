import type { Page } from "puppeteer-core";
import type { Figure } from "./figure.ts";
import { openBrowser } from "./support/browser.ts";
import { storeNewsroom } from "./support/newsroom.ts";
import { logIn, unlockAgain } from "./support/newsroom-page.ts";
import { between, reportOf } from "./support/page-report.ts";
import { type Service, startService } from "./support/service.ts";
import { storeConversations } from "./support/store-conversations.ts";

/**
 * Sharing the history of everything with one colleague: each conversation's bodies read, a message sealed for ten journalists and the
 * source, and the keys sent by letter. From the press of *Share* to the sentence that says it is done.
 */

const CONVERSATIONS = 1_000;

/** As if nothing had been shared yet. */
const forgetShares = (service: Service, last: number): Promise<unknown> =>
  service.withDatabase(async (client) => {
    await client.query("DELETE FROM message WHERE arrival > $1", [last]);
    await client.query("DELETE FROM letter");
    await client.query("VACUUM message, slot");
  });

const newestArrival = (service: Service): Promise<number> =>
  service.withDatabase(
    async (client) => (await client.query("SELECT max(arrival) AS last FROM message")).rows[0].last,
  );

const there = (page: Page, selector: string) =>
  page.waitForSelector(selector, { visible: true, timeout: 60_000 });

/** Up to the moment before *Share* is pressed; then presses it once nobody watches any more. */
const pressShare = async (page: Page): Promise<void> => {
  const click = (selector: string) =>
    page.evaluate((wanted) => document.querySelector<HTMLElement>(wanted)?.click(), selector);
  await click('[data-role="go-people"]');
  await there(page, '[data-role="share-all"] [data-role="ask"]');
  await click('[data-role="share-all"] [data-role="ask"]');
  await there(page, '[data-role="share-all"] [data-role="choice"]');
  await click('[data-role="share-all"] [data-role="choice"]');
  await page.evaluate(() => {
    const { benchReport } = globalThis as unknown as { benchReport: Record<string, number> };
    const done = document.querySelector('[data-role="done"]');
    const button = document.querySelector<HTMLElement>('[data-role="share-all"] [data-role="do"]');
    if (done === null || button === null) throw new Error("nothing to press");
    const look = (): void => {
      if ((done.textContent ?? "") !== "") benchReport["shared"] ??= performance.now();
    };
    new MutationObserver(look).observe(done, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    setTimeout(() => {
      benchReport["pressedShare"] = performance.now();
      button.click();
    }, 400);
  });
};

export const share: Figure = {
  name: "share",
  measure: async (bench) => {
    const service = await startService();
    try {
      const newsroom = await storeNewsroom(service);
      bench.say(`sealing ${CONVERSATIONS} conversations`);
      await storeConversations(service, newsroom, { age: "opened", conversations: CONVERSATIONS });
      const last = await newestArrival(service);
      const browser = await openBrowser("chromium");
      const entering = { service, newsroom, browser, until: "done", firstMs: 4_000 } as const;
      let { page } = await logIn(entering);
      const values = await bench.repeat(async () => {
        await forgetShares(service, last);
        page = (await unlockAgain(entering, page)).page;
        await pressShare(page);
        const seen = await reportOf(browser, page, { until: "shared", firstMs: 7_000 });
        page = seen.page;
        return between(seen.report, "pressedShare", "shared") / 1_000;
      });
      await browser.close();
      const what = "sharing the history of 1,000 conversations with a colleague, 10 journalists";
      return [{ what, unit: "s", values, limit: 10, scaled: true }];
    } finally {
      await service.close();
    }
  },
};
