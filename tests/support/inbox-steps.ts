import type { ElementHandle, Page } from "puppeteer-core";
import { backAt, clickFound, paste, press, sees } from "./page.ts";

/** Opens the conversation whose row shows these words. */
export const openTalk = async (page: Page, words: string): Promise<void> => {
  await backAt(page);
  await sees(page, words, 60_000);
  const row = async (): Promise<ElementHandle> => {
    for (const one of await page.$$("button.row"))
      if (await one.evaluate((node, wanted) => (node.textContent ?? "").includes(wanted), words))
        return one;
    throw new Error(`no such element: a row with ${words}`);
  };
  await clickFound(row, `the row with ${words}`);
};

export const replyTo = async (page: Page, text: string): Promise<void> => {
  await paste(page, "Reply to", text);
  await press(page, "Send sealed");
  await sees(page, "is sealed and stored", 60_000);
  await sees(page, text);
};

export const saveFile = async (page: Page, name: string): Promise<void> => {
  await press(page, `Decrypt and save: ${name}`);
};
