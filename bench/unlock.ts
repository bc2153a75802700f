import type { Figure } from "./figure.ts";
import { openBrowser } from "./support/browser.ts";
import { storeNewsroom } from "./support/newsroom.ts";
import { logIn, unlockAgain } from "./support/newsroom-page.ts";
import { between } from "./support/page-report.ts";
import { startService } from "./support/service.ts";
import { storeConversations } from "./support/store-conversations.ts";

/** An unlock over a full archive: everything has been opened before and is read again from its wraps. */

const CONVERSATIONS = 10_000;

export const unlock: Figure = {
  name: "unlock",
  measure: async (bench) => {
    const service = await startService();
    try {
      const newsroom = await storeNewsroom(service);
      bench.say(`sealing ${CONVERSATIONS} conversations`);
      const storing = { age: "opened", conversations: CONVERSATIONS } as const;
      const messages = await storeConversations(service, newsroom, storing);
      const browser = await openBrowser("chromium");
      const entering = { service, newsroom, browser, until: "done", firstMs: 7_500 } as const;
      let { page } = await logIn(entering);
      const reports = await bench.repeat(async () => {
        const seen = await unlockAgain(entering, page);
        page = seen.page;
        return seen.report;
      });
      await browser.close();
      const stored = `10,000 conversations (${messages.toLocaleString("en")} messages) already opened`;
      const seconds = (to: string) =>
        reports.map((report) => between(report, "pressed", to) / 1_000);
      const shown = { unit: "s", scaled: true } as const;
      return [
        { ...shown, what: `unlock to first rows, ${stored}`, values: seconds("rows"), limit: 1.5 },
        { ...shown, what: "unlock to all read, the same", values: seconds("done"), limit: 6 },
      ];
    } finally {
      await service.close();
    }
  },
};
