import type { Page } from "puppeteer-core";
import type { Figure, Line } from "./figure.ts";
import { type BenchBrowser, type BrowserKind, openBrowser } from "./support/browser.ts";
import { storeNewsroom } from "./support/newsroom.ts";
import { between, pressLater, reportOf, watchSource } from "./support/page-report.ts";
import { startService } from "./support/service.ts";

/** From *Send* to the codename: text only, loopback. */

const TEXT = "There is something about the harbour contract that nobody has written yet. ".repeat(
  6,
);

const write = (page: Page, text: string): Promise<void> =>
  page.evaluate((words) => {
    const field = document.querySelector<HTMLTextAreaElement>("#main textarea");
    if (field === null) throw new Error("no field to write in");
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, text);

const sendOnce = async (browser: BenchBrowser, url: string, waitMs: number): Promise<number> => {
  const fresh = await browser.freshPage();
  await fresh.evaluateOnNewDocument(watchSource);
  await fresh.goto(url);
  const { page } = await reportOf(browser, fresh, { until: "ready", firstMs: 300, attached: true });
  await write(page, TEXT);
  await pressLater(page, '#main [data-role="send"]');
  const { report } = await reportOf(browser, page, { until: "words", firstMs: waitMs });
  return between(report, "pressed", "words");
};

type Case = {
  readonly journalists: number;
  readonly kind: BrowserKind;
  readonly limit: number | null;
  readonly waitMs: number;
};

const CASES: readonly Case[] = [
  { journalists: 10, kind: "chromium", limit: 250, waitMs: 1_200 },
  { journalists: 1, kind: "chromium", limit: null, waitMs: 1_000 },
  { journalists: 40, kind: "chromium", limit: null, waitMs: 1_600 },
  { journalists: 10, kind: "safer", limit: 3_000, waitMs: 3_500 },
];

const whatOf = ({ journalists, kind }: Case): string => {
  const people = journalists === 1 ? "1 journalist" : `${journalists} journalists`;
  return `*Send* to codename, text only, ${people}${kind === "safer" ? ", Safer" : ""}`;
};

export const send: Figure = {
  name: "send",
  measure: async (bench) => {
    const lines: Line[] = [];
    for (const one of CASES) {
      const service = await startService();
      try {
        const { fragment } = await storeNewsroom(service, one.journalists);
        const browser = await openBrowser(one.kind);
        const url = `${service.source}/#${fragment}`;
        const values = await bench.repeat(() => sendOnce(browser, url, one.waitMs));
        await browser.close();
        lines.push({ what: whatOf(one), unit: "ms", values, limit: one.limit, scaled: true });
      } finally {
        await service.close();
      }
    }
    return lines;
  },
};
