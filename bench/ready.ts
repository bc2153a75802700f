import type { Figure, Line } from "./figure.ts";
import { type BenchBrowser, openBrowser } from "./support/browser.ts";
import { storeNewsroom } from "./support/newsroom.ts";
import { type Report, reportOf, watchSource } from "./support/page-report.ts";
import { startService } from "./support/service.ts";
import { openLink } from "./support/slow-link.ts";

/** How long until a source can type, and until a message can be sent: roster verified, crypto loaded. */

const load = async (browser: BenchBrowser, url: string, firstMs: number): Promise<Report> => {
  const fresh = await browser.freshPage();
  await fresh.evaluateOnNewDocument(watchSource);
  await fresh.goto(url);
  const { report, page } = await reportOf(browser, fresh, {
    until: "ready",
    firstMs,
    attached: true,
  });
  await page.close();
  return report;
};

const seconds = (reports: readonly Report[], name: string): readonly number[] =>
  reports.map((report) => (report[name] ?? Number.NaN) / 1_000);

const SLOW = "300 ms round trip, 1.5 Mbit/s, gz";

export const ready: Figure = {
  name: "ready",
  measure: async (bench) => {
    const service = await startService();
    const lines: Line[] = [];
    const add = (what: string, values: readonly number[], limit: number | null): void => {
      lines.push({ what, unit: "s", values, limit, scaled: true });
    };
    try {
      const { fragment } = await storeNewsroom(service);
      const link = await openLink({
        listen: service.farPort,
        target: service.sourcePort,
        roundTripMs: 300,
        bitsPerSecond: 1_500_000,
      });
      const slow = `${service.far}/#${fragment}`;
      const chromium = await openBrowser("chromium");
      const near = await bench.repeat(() => load(chromium, `${service.source}/#${fragment}`, 600));
      add("ready to send, loopback", seconds(near, "ready"), 0.5);
      const far = await bench.repeat(() => load(chromium, slow, 3_500));
      await chromium.close();
      add(`can be typed in, ${SLOW}`, seconds(far, "typing"), 1.4);
      add(`ready to send, ${SLOW}`, seconds(far, "ready"), 3);
      const safer = await openBrowser("safer");
      const farSafer = await bench.repeat(() => load(safer, slow, 2_500));
      await safer.close();
      add(`can be typed in, ${SLOW}, Safer`, seconds(farSafer, "typing"), null);
      add(`ready to send, ${SLOW}, Safer`, seconds(farSafer, "ready"), 2.4);
      await link.close();
      return lines;
    } finally {
      await service.close();
    }
  },
};
