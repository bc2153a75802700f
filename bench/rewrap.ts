import type { Page } from "puppeteer-core";
import type { Figure } from "./figure.ts";
import { openBrowser } from "./support/browser.ts";
import { storeNewsroom } from "./support/newsroom.ts";
import { logIn, unlockAgain } from "./support/newsroom-page.ts";
import { between, reportOf } from "./support/page-report.ts";
import { type Service, startService } from "./support/service.ts";
import { storeConversations } from "./support/store-conversations.ts";

/**
 * Re-wrapping an archive after new lasting keys: from the moment everything is read until the old keys are destroyed. In between a
 * conversation is opened, as one does.
 */

const MESSAGES = 10_000;

/** The reader's part of the database as it was just after the keys were renewed. */
const KEEP = `
  CREATE TABLE kept_slot AS SELECT member_number, arrival, wrap FROM slot WHERE member_number = 1;
  CREATE TABLE kept_record AS SELECT * FROM vault_record;
  CREATE TABLE kept_account AS SELECT id, vault_version, record_list FROM account;
  CREATE TABLE kept_key AS SELECT * FROM archive_key`;

const AGAIN = `
  UPDATE slot AS s SET wrap = k.wrap, archive_turn = 0 FROM kept_slot AS k
    WHERE s.member_number = k.member_number AND s.arrival = k.arrival;
  DELETE FROM vault_record; INSERT INTO vault_record SELECT * FROM kept_record;
  UPDATE account AS a SET vault_version = k.vault_version, record_list = k.record_list
    FROM kept_account AS k WHERE a.id = k.id;
  DELETE FROM archive_key; INSERT INTO archive_key SELECT * FROM kept_key;
  DELETE FROM former_archive_key`;

const setBack = (service: Service): Promise<unknown> =>
  service.withDatabase(async (client) => {
    await client.query(AGAIN);
    await client.query("VACUUM slot");
  });

const click = (page: Page, selector: string): Promise<void> =>
  page.evaluate((wanted) => document.querySelector<HTMLElement>(wanted)?.click(), selector);

/** Opens a conversation while the archive is at work, then looks at the keys page until it is done. */
const useAndWatch = async (page: Page): Promise<void> => {
  await page.evaluate(() => {
    const { benchReport } = globalThis as unknown as { benchReport: Record<string, number> };
    const look = (): void => {
      if (document.querySelector('[data-role="talk"] [data-role="text"]') !== null)
        benchReport["opened"] ??= performance.now();
      const words = document.querySelector('[data-role="renewal-words"]')?.textContent ?? "";
      if (words.includes("destroyed")) benchReport["destroyed"] ??= performance.now();
    };
    new MutationObserver(look).observe(document, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    benchReport["pressedRow"] = performance.now();
    document.querySelector<HTMLElement>("button.row")?.click();
  });
  await page.waitForFunction(
    () =>
      (globalThis as unknown as { benchReport: Record<string, number> }).benchReport["opened"] !==
      undefined,
    { timeout: 30_000 },
  );
  await click(page, '[data-role="go-keys"]');
  await page.waitForSelector('[data-role="renewal-words"]', { timeout: 30_000 });
};

export const rewrap: Figure = {
  name: "rewrap",
  measure: async (bench) => {
    const service = await startService();
    try {
      const newsroom = await storeNewsroom(service, 10, { renewed: true });
      bench.say(`sealing ${MESSAGES} messages`);
      const storing = { age: "opened", conversations: MESSAGES, messages: 1 } as const;
      await storeConversations(service, newsroom, storing);
      await service.withDatabase((client) => client.query(KEEP));
      const browser = await openBrowser("chromium");
      const entering = { service, newsroom, browser, until: "done", firstMs: 6_000 } as const;
      let { page } = await logIn(entering);
      const reports = await bench.repeat(async () => {
        await setBack(service);
        page = (await unlockAgain(entering, page)).page;
        await useAndWatch(page);
        const seen = await reportOf(browser, page, { until: "destroyed", firstMs: 15_000 });
        page = seen.page;
        return seen.report;
      });
      await browser.close();
      const seconds = reports.map((report) => between(report, "done", "destroyed") / 1_000);
      const opening = reports.map((report) => between(report, "pressedRow", "opened"));
      const what = "re-wrapping an archive of 10,000 messages, until the old keys are destroyed";
      return [
        { what, unit: "s", values: seconds, limit: 60, scaled: true },
        {
          what: "opening a conversation meanwhile",
          unit: "ms",
          values: opening,
          limit: 250,
          scaled: true,
        },
      ];
    } finally {
      await service.close();
    }
  },
};
