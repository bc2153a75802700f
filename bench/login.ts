import type { Figure } from "./figure.ts";
import { openBrowser } from "./support/browser.ts";
import { storeNewsroom } from "./support/newsroom.ts";
import { logIn } from "./support/newsroom-page.ts";
import { between, type Report } from "./support/page-report.ts";
import { storePastKeys } from "./support/past-keys.ts";
import { startService } from "./support/service.ts";
import { storeConversations } from "./support/store-conversations.ts";
import { lastAnswerOf } from "./support/worker-requests.ts";

/**
 * From the click on *Log in*, Argon2id included, to the first rows of the inbox; and how much later the key log, this member's keys in it, the list, the same at the
 * sources' address, and what came to the audit trail since the last time have been checked.
 */

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
      const entering = { service, newsroom, browser, until: "checked", firstMs: 3_500 } as const;
      const measure = () =>
        bench.repeat(async (): Promise<Report> => {
          const { report, page } = await logIn(entering);
          const trail = await lastAnswerOf(page, "/api/audit/after/");
          return { ...report, checked: Math.max(report["checked"] ?? Number.NaN, trail) };
        });
      const seconds = (reports: readonly Report[], from: string, to: string) =>
        reports.map((report) => Math.max(0, between(report, from, to)) / 1_000);
      const young = await measure();
      bench.say("publishing three years of keys");
      await storePastKeys(service, newsroom);
      const old = await measure();
      await browser.close();
      const what = `log-in click to inbox rows, ${CONVERSATIONS.toLocaleString("en")} conversations`;
      const checked = "all of the key log checked, after the first rows";
      const shown = { unit: "s", scaled: true } as const;
      return [
        { ...shown, what, values: seconds(young, "pressed", "rows"), limit: 1.5 },
        { ...shown, what: checked, values: seconds(young, "rows", "checked"), limit: 0.3 },
        {
          ...shown,
          what: "the same with three years of weekly keys, in a browser that has seen none of them",
          values: seconds(old, "rows", "checked"),
          limit: 0.3,
        },
      ];
    } finally {
      await service.close();
    }
  },
};
