import { mkdirSync } from "node:fs";
import type { Page } from "puppeteer-core";
import { openBrowser, type Size } from "../support/browsers.ts";
import { makeFolder } from "../support/files.ts";
import { openTalk } from "../support/inbox-steps.ts";
import { startInstance } from "../support/instance.ts";
import { press, sees } from "../support/page.ts";
import { finish, send, takeWords, writeTip } from "../support/source-steps.ts";
import { BEN, enrol, foundNewsroom } from "../support/staff-steps.ts";

/** `npm run pictures`: sets up the running service, uses it, and takes the README's pictures. */

const folder = "docs/pictures";
const narrow: Size = { width: 900, height: 1_100 };
const take = async (page: Page, name: string) => {
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: `${folder}/${name}.png` });
};

mkdirSync(folder, { recursive: true });
const files = makeFolder();
const instance = await startInstance();
const [ada, ben, visitor] = [
  await openBrowser("chromium"),
  await openBrowser("chromium"),
  await openBrowser("chromium"),
];
try {
  const desk = await ada.open(instance.setupLink());
  const founded = await foundNewsroom(desk);
  // Whoever has just been approved can be sealed to once their own browser has published its keys.
  const { page: colleague } = await enrol(desk, BEN, ben.open);
  await sees(colleague, "keys published until", 60_000);
  const page = await visitor.open(founded.link, narrow);
  await sees(page, "Ben Muster", 60_000);
  const text =
    "The harbour master signs empty forms.\nThe first file shows two of them, the second says which ship they were for.";
  const chosen = [files.make("forms.pdf", 300_000), files.make("night watch.jpg", 3_400_000)];
  await writeTip(page, { text, files: chosen, without: ["Ben Muster"] });
  await take(page, "source-write");
  await send(page);
  await takeWords(page);
  await take(page, "source-words");
  await finish(page);
  await press(desk, "Inbox");
  await openTalk(desk, "The harbour master signs empty forms.");
  await sees(desk, "night watch.jpg");
  await take(desk, "newsroom-conversation");
  await press(desk, "Keys");
  await sees(desk, "Ben Muster");
  await take(desk, "newsroom-keys");
} finally {
  for (const browser of [ada, ben, visitor]) await browser.close();
  await instance.close();
  files.remove();
}
