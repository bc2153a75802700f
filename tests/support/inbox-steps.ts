import type { Page } from "puppeteer-core";
import { backAt, paste, press, sees } from "./page.ts";

/** Opens the conversation whose row shows these words. */
export const openTalk = async (page: Page, words: string): Promise<void> => {
  await backAt(page);
  await sees(page, words, 60_000);
  const rows = await page.$$("button.row");
  for (const row of rows)
    if (await row.evaluate((node, wanted) => (node.textContent ?? "").includes(wanted), words)) {
      await row.click();
      return;
    }
  throw new Error(`no row with ${words}`);
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
