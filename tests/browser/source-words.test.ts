import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fill, press, sees, visibleText } from "../support/page.ts";
import { send, takeWords, writeTip } from "../support/source-steps.ts";
import { startVisits, untilReady, type Visits } from "../support/source-visits.ts";

let visits: Visits;
let page: Page;
let words: readonly string[] = [];

beforeAll(async () => {
  visits = await startVisits("chromium");
  page = await visits.visit();
  await untilReady(page);
  await writeTip(page, { text: "For the words." });
  await send(page);
  words = await takeWords(page);
}, 120_000);
afterAll(() => visits?.close());

const place = async (field: number): Promise<number> => {
  const label = await page.$eval(`[data-role=retype-label-${field}]`, (node) => node.textContent);
  return Number(/\d+/.exec(label ?? "")?.[0]) - 1;
};

describe("keeping the words", () => {
  it("hides every way elsewhere, except leaving quickly", async () => {
    const text = await visibleText(page);
    expect(text).not.toContain("Write to us");
    expect(text).not.toContain("Français");
    expect(text).toContain("Leave quickly");
  });

  it("warns of the clipboard before anything is copied", async () => {
    await page.evaluate(() => {
      navigator.clipboard.writeText = async (text) => {
        document.body.dataset["copied"] = text;
      };
    });
    const copied = () => page.evaluate(() => document.body.dataset["copied"] ?? "");
    await press(page, "Copy the words");
    await sees(page, "the clipboard’s history can keep what you copy");
    expect(await copied()).toBe("");
    await press(page, "Copy anyway");
    await sees(page, "Copied.");
    expect(await copied()).toBe(words.join(" "));
  });

  it("prints a sheet with the words and nothing else, and takes it away again", async () => {
    await page.evaluate(() => {
      window.print = () => undefined;
    });
    await press(page, "Print only the words");
    await page.emulateMediaType("print");
    const printed = (await visibleText(page)).split(/\s+/).filter((part) => part !== "");
    await page.emulateMediaType("screen");
    expect(printed).toEqual(words);
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    expect(await page.$eval("#sheet", (sheet) => sheet.childElementCount)).toBe(0);
  });

  it("compares two retyped words and sends nothing", async () => {
    const before = visits.service.requests.length;
    await press(page, "Check that I wrote them down right");
    const [first, second] = [await place(0), await place(1)];
    await fill(page, `Word ${first + 1}`, "wrong");
    await fill(page, `Word ${second + 1}`, words[second] ?? "");
    await press(page, "Compare");
    await sees(page, "That does not fit.");
    await fill(page, `Word ${first + 1}`, (words[first] ?? "").slice(0, 4).toUpperCase());
    await press(page, "Compare");
    await sees(page, "Both words are right.");
    expect(visits.service.requests.length).toBe(before);
  });
});
