import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BrowserKind, openBrowser, type TestBrowser } from "../support/browsers.ts";
import { choose, paste, press, sees, visibleText } from "../support/page.ts";
import { type PaperPage, startPaperPage } from "../support/paper-page.ts";

let paper: PaperPage;
beforeAll(async () => {
  paper = await startPaperPage();
}, 120_000);
afterAll(() => paper?.instance.close());

const words = "These words must not be found after leaving.";

const fieldsHold = (page: Page): Promise<string> =>
  page.evaluate(() =>
    [...document.querySelectorAll("textarea, input")]
      .map((field) => (field as HTMLInputElement).value)
      .join(" "),
  );

/** What the page still holds at that event, told to its own server: a page of another origin could not be asked. */
const reportLeft = async (
  page: Page,
  event: "beforeunload" | "pagehide",
): Promise<() => Promise<string>> => {
  const { exchanges } = paper.instance.source;
  const from = exchanges.length;
  await page.evaluate((when) => {
    addEventListener(when, () => {
      const typed = [...document.querySelectorAll("textarea")].map(({ value }) => value).join("");
      const shown = document.getElementById("main")?.textContent ?? "";
      const body = `left: ${typed}${shown}`;
      fetch("/left", { method: "POST", keepalive: true, body }).catch(() => undefined);
    });
  }, event);
  const told = () => exchanges.slice(from).find(({ path }) => path === "/left");
  return async () => {
    await expect.poll(told, { timeout: 10_000 }).toBeDefined();
    return told()?.body.toString() ?? "";
  };
};

const arrived = (page: Page): Promise<unknown> =>
  page.waitForFunction((to) => location.href === to, { timeout: 10_000 }, paper.neutral);

describe.each<BrowserKind>(["chromium", "firefox"])("leaving in %s", (kind) => {
  let browser: TestBrowser;
  const dialogs: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser(kind);
  }, 60_000);
  afterAll(() => browser?.close());

  const write = async (): Promise<Page> => {
    const page = await browser.open(paper.link);
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      dialog.accept().catch(() => undefined);
    });
    await sees(page, "Ben Muster");
    await paste(page, "Your message", words);
    return page;
  };

  const expectGone = async (page: Page): Promise<void> => {
    await arrived(page);
    expect(dialogs).toEqual([]);
    await page.goBack().catch(() => null);
    expect(await visibleText(page)).not.toContain(words);
    expect(await fieldsHold(page)).not.toContain(words);
    await page.close();
  };

  it("by the button goes to the neutral page, and nothing comes back", async () => {
    const page = await write();
    await press(page, "Leave quickly");
    await expectGone(page);
  });

  it("by Escape pressed three times does the same", async () => {
    const page = await write();
    for (const _press of [1, 2, 3]) await page.keyboard.press("Escape");
    await expectGone(page);
  });

  it("by Escape pressed twice does not happen", async () => {
    const page = await write();
    for (const _press of [1, 2]) await page.keyboard.press("Escape");
    expect(await fieldsHold(page)).toContain(words);
    await page.close();
  });

  it("asks nothing either while files are still on their way", async () => {
    const page = await write();
    await choose(page, [new URL(import.meta.url).pathname]);
    await sees(page, "leaving.test.ts");
    await press(page, "Leave quickly");
    await expectGone(page);
  });

  it("tells the browser to forget what it may have kept of this address", async () => {
    const page = await write();
    await page.evaluate(() => localStorage.setItem("left-behind", "by something else"));
    await press(page, "Leave quickly");
    await arrived(page);
    const again = await browser.open(paper.link);
    await again.waitForFunction(() => localStorage.length === 0, { timeout: 5_000 });
    await again.close();
    await page.close();
  });

  it("wipes the page before it begins to go anywhere", async () => {
    const page = await write();
    const left = await reportLeft(page, "beforeunload");
    await press(page, "Leave quickly");
    await arrived(page);
    expect(await left()).toBe("left: ");
    await page.close();
  });

  it("wipes the page also when it is left in any other way", async () => {
    const page = await write();
    const left = await reportLeft(page, "pagehide");
    await page.goto(paper.neutral);
    expect(await left()).toBe("left: ");
    await page.close();
  });
});
