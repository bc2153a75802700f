import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ElementHandle, Page } from "puppeteer-core";
import type { Figure } from "./figure.ts";
import { type BenchBrowser, openBrowser } from "./support/browser.ts";
import { storeNewsroom } from "./support/newsroom.ts";
import { between, reportOf, watchSource } from "./support/page-report.ts";
import { type Service, startService } from "./support/service.ts";
import { buildUnsealed } from "./support/unsealed-build.ts";

/** From choosing a file of 100 MB to *all stored*, against the same page with sealing taken out. */

const MEGABYTES = 100;

const INPUT = '#main [data-role="file-input"]';

/** The page hears of the choice a moment later, when nobody is attached any more. */
const holdBack = (page: Page): Promise<void> =>
  page.evaluate((selector) => {
    const input = document.querySelector(selector);
    let held = false;
    input?.addEventListener(
      "change",
      (event) => {
        if (held) return;
        held = true;
        event.stopImmediatePropagation();
        setTimeout(() => {
          const { benchReport } = globalThis as unknown as { benchReport: Record<string, number> };
          benchReport["pressed"] = performance.now();
          input.dispatchEvent(new Event("change", { bubbles: true }));
        }, 600);
      },
      { capture: true },
    );
  }, INPUT);

type Uploading = {
  readonly browser: BenchBrowser;
  readonly service: Service;
  readonly url: string;
  readonly file: string;
};

const uploadOnce = async ({ browser, service, url, file }: Uploading): Promise<number> => {
  await service.withDatabase((client) => client.query("TRUNCATE upload CASCADE"));
  const fresh = await browser.freshPage();
  await fresh.evaluateOnNewDocument(watchSource);
  await fresh.goto(url);
  const { page } = await reportOf(browser, fresh, { until: "ready", firstMs: 500, attached: true });
  await holdBack(page);
  const input = (await page.$(INPUT)) as ElementHandle<HTMLInputElement> | null;
  await input?.uploadFile(file);
  const { report, page: after } = await reportOf(browser, page, {
    until: "stored",
    firstMs: 5_000,
  });
  // The page would ask before it goes while a file is there.
  await after.close({ runBeforeUnload: false });
  return between(report, "pressed", "stored") / 1_000;
};

export const upload: Figure = {
  name: "upload",
  measure: async (bench) => {
    const folder = mkdtempSync(join(tmpdir(), "sealdrop-bench-file-"));
    const file = join(folder, "archive.bin");
    writeFileSync(file, randomBytes(MEGABYTES * 1_000_000));
    const unsealed = await buildUnsealed();
    const sealing = await startService();
    const baseline = await startService(unsealed.root);
    try {
      const browser = await openBrowser("chromium");
      const urlOf = async (service: Service): Promise<string> =>
        `${service.source}/#${(await storeNewsroom(service)).fragment}`;
      const sealed = { browser, service: sealing, url: await urlOf(sealing), file };
      const plain = { browser, service: baseline, url: await urlOf(baseline), file };
      // One after the other in each run, so that both meet the same weather.
      const pairs = await bench.repeat(async () => ({
        plain: await uploadOnce(plain),
        sealed: await uploadOnce(sealed),
      }));
      await browser.close();
      const sealedTimes = pairs.map((pair) => pair.sealed);
      const plainTimes = pairs.map((pair) => pair.plain);
      const shown = { unit: "s", limit: null, scaled: false } as const;
      return [
        { ...shown, what: "100 MB file chosen to *all stored*", values: sealedTimes },
        { ...shown, what: "the same without sealing", values: plainTimes },
        {
          what: "the first against the second",
          unit: "times",
          values: pairs.map((pair) => pair.sealed / pair.plain),
          limit: 1.5,
          scaled: false,
        },
      ];
    } finally {
      await sealing.close();
      await baseline.close();
      unsealed.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
