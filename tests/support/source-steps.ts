import type { Page } from "puppeteer-core";
import { choose, paste, press, sees, tick, visibleText } from "./page.ts";

/** What a source does, by the words on the page. */
export type Tip = {
  readonly text: string;
  readonly files?: readonly string[];
  /** Names to leave out; everybody is ticked at first. */
  readonly without?: readonly string[];
  readonly reread?: boolean;
};

const longMs = 120_000;

export const writeTip = async (page: Page, tip: Tip, label = "Your message"): Promise<void> => {
  await paste(page, label, tip.text);
  for (const name of tip.without ?? []) await tick(page, name);
  if (tip.reread) await tick(page, "Let me re-read what I send");
  if (tip.files !== undefined) {
    await choose(page, tip.files);
    await storedFiles(page, tip.files.length);
  }
};

/** Until so many files are said to be stored. */
export const storedFiles = async (page: Page, count: number): Promise<void> => {
  const all = (wanted: number) =>
    (document.body.innerText.match(/stored, sealed/g) ?? []).length >= wanted;
  try {
    await page.waitForFunction(all, { timeout: longMs }, count);
  } catch (cause) {
    throw new Error(`${count} files are not stored; the page shows:\n${await visibleText(page)}`, {
      cause,
    });
  }
};

export const send = async (page: Page): Promise<void> => {
  await press(page, "Send sealed");
  await sees(page, "Keep your twelve words", longMs);
};

export const readWords = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll("#codename ol.words li")].map((item) =>
      (item.textContent ?? "").trim().replace(/^\d+\W*/, ""),
    ),
  );

/** Shows the codename and writes it down. */
export const takeWords = async (page: Page): Promise<readonly string[]> => {
  await press(page, "Show my words");
  const words = await readWords(page);
  if (words.length !== 12) throw new Error(`${words.length} words`);
  return words;
};

export const finish = async (page: Page): Promise<void> => {
  await press(page, "I have my words. Finish");
  await sees(page, "Nothing of your message is left on this page");
};

export const comeBack = async (page: Page, words: string): Promise<void> => {
  await press(page, "I have my twelve words");
  await paste(page, "Your twelve words", words);
  await press(page, "Open my messages");
};
