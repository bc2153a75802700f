import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { desktop, openBrowser, phone, type TestBrowser } from "../support/browsers.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import {
  backAt,
  createGallery,
  find,
  paste,
  press,
  pressAmong,
  sees,
  visibleText,
} from "../support/page.ts";
import { openQuickSource, patternFile, type QuickSource } from "../support/quick-source.ts";
import { openOneDesk } from "../support/quick-staff.ts";

const SMALL = 300_000;
const BIG = 40 * 1_048_576;

/** A picker that a person would fill in by hand: it saves into the page's own private files. */
const answerPicker = (page: Page) =>
  page.evaluate(() => {
    Object.assign(globalThis, {
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) => {
        const folder = await navigator.storage.getDirectory();
        return folder.getFileHandle(suggestedName, { create: true });
      },
    });
  });

const pickedFile = (page: Page, name: string): Promise<number> =>
  page.evaluate(async (wanted) => {
    const folder = await navigator.storage.getDirectory();
    const file = await (await folder.getFileHandle(wanted)).getFile();
    const bytes = new Uint8Array(await file.arrayBuffer());
    return bytes.findIndex((byte, i) => byte !== ((i * 31 + (i >> 8)) & 255)) === -1
      ? bytes.length
      : -1;
  }, name);

const saved = async (folder: string, name: string, length: number): Promise<Buffer> => {
  const path = join(folder, name);
  for (let tries = 0; tries < 300; tries++) {
    if (existsSync(path)) {
      const bytes = readFileSync(path);
      if (bytes.length === length) return bytes;
    }
    await sleep(100);
  }
  throw new Error(`${name} is not among ${readdirSync(folder).join(", ")}`);
};

const isPattern = (bytes: Buffer): boolean =>
  bytes.every((byte, i) => byte === ((i * 31 + (i >> 8)) & 255));

/** A file for each browser, so that they share the cores. */
export const useInbox: (kind: "chromium" | "firefox") => void = (kind) =>
  describe(`the inbox in ${kind}`, { timeout: 90_000 }, () => {
    const picture = createGallery(`inbox-${kind}`);
    let instance: Instance;
    let browser: TestBrowser;
    let page: Page;
    let source: QuickSource;
    let name = "";

    beforeAll(async () => {
      [instance, browser] = await Promise.all([startInstance(), openBrowser(kind)]);
      ({ desk: page } = await openOneDesk(instance, browser));
    }, 180_000);
    afterAll(async () => {
      await browser?.close();
      await instance?.close();
    });

    it("shows the ready link while it is empty", async () => {
      await sees(page, "No tips yet");
      await sees(page, /http:\/\/127\.0\.0\.1:\d+\/#/);
      await picture(page, "empty");
    });

    const arrives =
      kind === "firefox"
        ? "shows a new tip within half a minute, without a reload"
        : "shows a new tip at once when somebody comes back to the tab";
    it(arrives, async () => {
      source = await openQuickSource(instance.source.origin);
      await source.send({
        text: "The ledger is in the cellar.\nBring a lamp.",
        files: [patternFile("ledger.pdf", SMALL), patternFile("../\u202egpj.big", BIG)],
      });
      if (kind !== "firefox") await backAt(page);
      await sees(page, "The ledger is in the cellar.", 45_000);
      await sees(page, "1 conversation, 1 unread");
      name = await page.$eval('.row [data-role="name"]', (part) => part.textContent ?? "");
      await picture(page, "tip");
    });

    it("opens it by keyboard, and then it is read", async () => {
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await sees(page, "Bring a lamp.");
      await sees(page, "Can be read by you.");
      await page.waitForFunction(() => !document.body.innerText.includes("1 unread"));
      await picture(page, "conversation");
    });

    it("decrypts a small file into the browser's downloads", async () => {
      await pressAmong(page, "button", "Decrypt and save: ledger.pdf");
      expect(isPattern(await saved(browser.downloads, "ledger.pdf", SMALL))).toBe(true);
      // Firefox's list of downloads has taken the window's focus, and what lies behind is drawn late.
      await page.bringToFront();
    });

    it("decrypts a big file while it is saved, under a harmless name", async () => {
      if (kind === "chromium") await answerPicker(page);
      await pressAmong(page, "button", "Decrypt and save: _gpj.big");
      if (kind === "chromium") {
        await sees(page, "Decrypted and saved.", 60_000);
        expect(await pickedFile(page, "_gpj.big")).toBe(BIG);
      } else expect(isPattern(await saved(browser.downloads, "_gpj.big", BIG))).toBe(true);
      await page.bringToFront();
      await picture(page, "saved");
    });

    it("sends a reply that stays in the conversation", async () => {
      await page.keyboard.press("r");
      await paste(page, "Reply to", "Thank you. When was that?");
      await sees(page, "Will be read by you and the source.");
      await picture(page, "reply");
      await press(page, "Send sealed");
      await sees(page, "is sealed and stored");
      await sees(page, "Thank you. When was that?");
      await picture(page, "replied");
    });

    it("on a phone shows the list or the conversation", async () => {
      await page.setViewport(phone);
      await picture(page, "phone-conversation");
      await press(page, "Back to the inbox");
      await picture(page, "phone-list");
      expect(await visibleText(page)).not.toContain("Bring a lamp.");
      await page.setViewport(desktop);
    });

    it("does not delete on a second Enter", async () => {
      await pressAmong(page, "span", name);
      await sees(page, "Bring a lamp.");
      await (await find(page, "button", "Delete for everybody")).focus();
      await page.keyboard.press("Enter");
      await sees(page, "Delete this conversation for everybody?");
      await picture(page, "delete-asks");
      await page.keyboard.press("Enter");
      await sleep(300);
      await sees(page, "Delete this conversation for everybody?");
    });

    it("deletes for everybody once that is pressed", async () => {
      await press(page, "Delete for everybody");
      await sees(page, "is deleted for everybody.");
      await sees(page, "No tips yet");
      const left = await instance.withDatabase(async (client) => {
        const { rows } = await client.query("SELECT 1 FROM message UNION ALL SELECT 1 FROM upload");
        return rows.length;
      });
      expect(left).toBe(0);
    });
  });
