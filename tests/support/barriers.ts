import axe from "axe-core";
import type { Page } from "puppeteer-core";
import { type Gallery, inEveryLight } from "./page.ts";

const schemes = ["light", "dark"] as const;

const found = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
      resultTypes: ["violations"],
      preload: false,
    });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) =>
          `${id}: ${help}: ${html.slice(0, 200)} ${failureSummary ?? ""}`,
      ),
    );
  });

/**
 * What axe finds on the page as it stands, by day and by night (WCAG 2 A and AA), a line each. The script comes in
 * through the debugger, which no content policy stops, and is gone with the page.
 */
export const barriers = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe.source);
  const all: string[] = [];
  for (const value of schemes) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
    all.push(...(await found(page)).map((line) => `${value}: ${line}`));
  }
  return all;
};

/** A state that can be looked at, and that bars nobody. */
export const inspecting =
  (picture: Gallery) =>
  async (page: Page, state: string): Promise<void> => {
    await inEveryLight(picture)(page, state);
    const lines = await barriers(page);
    if (lines.length > 0) throw new Error(`${state}:\n${lines.join("\n")}`);
  };
