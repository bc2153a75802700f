import type { Page } from "puppeteer-core";

/** Requests of the page's worker, as its own timeline has them. */

/** When the last answer of that path was there, in milliseconds since the navigation began. Throws when none was. */
export const lastAnswerOf = async (page: Page, path: string): Promise<number> => {
  const [worker] = page.workers();
  if (worker === undefined) throw new Error("no worker");
  const pageOrigin = await page.evaluate(() => performance.timeOrigin);
  const ends = await worker.evaluate((wanted) => {
    const requests = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const own = requests.filter(({ name }) => new URL(name).pathname.startsWith(wanted));
    return own.map(({ responseEnd }) => performance.timeOrigin + responseEnd);
  }, path);
  if (ends.length === 0) throw new Error(`nothing asked at ${path}`);
  return Math.max(...ends) - pageOrigin;
};
