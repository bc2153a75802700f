import type { Figure } from "./figure.ts";
import { openBrowser } from "./support/browser.ts";
import { storeNewsroom } from "./support/newsroom.ts";
import { logIn, unlockAgain } from "./support/newsroom-page.ts";
import { between } from "./support/page-report.ts";
import { type Service, startService } from "./support/service.ts";
import { storeConversations } from "./support/store-conversations.ts";

/**
 * Opening new messages in the newsroom's worker: a slot each, origin checked, summary read, archive wrap made. Measured at the
 * page from the click on *Unlock* on, so Argon2id and fetching are in it too.
 */

const MESSAGES = 1_000;

/** As if nobody had read anything yet. */
const forget = (service: Service): Promise<unknown> =>
  service.withDatabase(async (client) => {
    await client.query("UPDATE slot SET wrap = NULL, tried = false");
    await client.query("VACUUM slot");
  });

export const opening: Figure = {
  name: "opening",
  measure: async (bench) => {
    const service = await startService();
    try {
      const newsroom = await storeNewsroom(service);
      bench.say(`sealing ${MESSAGES} messages`);
      await storeConversations(service, newsroom, {
        age: "new",
        conversations: MESSAGES,
        messages: 1,
      });
      const browser = await openBrowser("chromium");
      const entering = { service, newsroom, browser, until: "done", firstMs: 7_000 } as const;
      let { page } = await logIn(entering);
      const values = await bench.repeat(async () => {
        await forget(service);
        const seen = await unlockAgain(entering, page);
        page = seen.page;
        return between(seen.report, "pressed", "done") / 1_000;
      });
      await browser.close();
      const what = "opening 1,000 new messages in the worker, from the unlock click on";
      return [{ what, unit: "s", values, limit: 5, scaled: true }];
    } finally {
      await service.close();
    }
  },
};
