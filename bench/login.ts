import type { Figure } from "./figure.ts";
import { openBrowser } from "./support/browser.ts";
import { storeNewsroom } from "./support/newsroom.ts";
import { logIn } from "./support/newsroom-page.ts";
import { between } from "./support/page-report.ts";
import { startService } from "./support/service.ts";
import { storeConversations } from "./support/store-conversations.ts";

/** From the click on *Log in*, Argon2id included, to the first rows of the inbox. */

const CONVERSATIONS = 1_000;

export const login: Figure = {
  name: "login",
  measure: async (bench) => {
    const service = await startService();
    try {
      const newsroom = await storeNewsroom(service);
      bench.say(`sealing ${CONVERSATIONS} conversations`);
      await storeConversations(service, newsroom, { age: "opened", conversations: CONVERSATIONS });
      const browser = await openBrowser("chromium");
      const entering = { service, newsroom, browser, until: "rows", firstMs: 3_500 } as const;
      const values = await bench.repeat(async () => {
        const { report } = await logIn(entering);
        return between(report, "pressed", "rows") / 1_000;
      });
      await browser.close();
      const what = `log-in click to inbox rows, ${CONVERSATIONS.toLocaleString("en")} conversations`;
      return [{ what, unit: "s", values, limit: 1.5, scaled: true }];
    } finally {
      await service.close();
    }
  },
};
