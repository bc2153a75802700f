import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { barriers } from "../support/barriers.ts";
import { desktop, openBrowser, phone, type TestBrowser } from "../support/browsers.ts";
import { openTalk, replyTo } from "../support/inbox-steps.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { fill, find, paste, press, sees, tick, visibleText } from "../support/page.ts";
import { comeBack, takeWords } from "../support/source-steps.ts";
import { type Founded, invite, setUpNewsroom } from "../support/staff-steps.ts";

/** What holds focus, by the words that are read out for it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const held = document.activeElement;
    const labels = held !== null && "labels" in held ? (held.labels as NodeListOf<Element>) : [];
    const named = labels[0] ?? held;
    return held === document.body ? "" : (named?.textContent ?? "").replace(/\s+/g, " ").trim();
  });

/** Goes on by the Tab key until this control is reached. */
const tabTo = async (page: Page, name: string): Promise<void> => {
  const passed: string[] = [];
  for (let steps = 0; steps < 60; steps += 1) {
    await page.keyboard.press("Tab");
    const now = await focused(page);
    if (now.startsWith(name)) return;
    passed.push(now);
  }
  throw new Error(`Tab never reached ${name}, only: ${passed.join(" | ")}`);
};

describe("no barriers on either page", { timeout: 120_000 }, () => {
  let instance: Instance;
  let browser: TestBrowser;
  let desk: Page;
  let founded: Founded;
  let words: readonly string[];
  const met: string[] = [];

  const look = async (page: Page, state: string): Promise<void> => {
    met.push(...(await barriers(page)).map((line) => `${state}: ${line}`));
  };
  const none = (): void => expect(met.splice(0)).toEqual([]);

  beforeAll(async () => {
    instance = await startInstance();
    browser = await openBrowser("chromium");
    desk = await browser.open(instance.setupLink(), desktop);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await instance?.close();
  });

  it("a planted barrier is found", async () => {
    const page = await browser.open("about:blank");
    await page.setContent('<html lang="en"><title>t</title><button></button></html>');
    expect((await barriers(page)).join(" ")).toContain("button-name");
    await page.close();
  });

  it("setting up", async () => {
    await sees(desk, "Your newsroom", 60_000);
    await press(desk, "Go on");
    await sees(desk, "Something is missing or wrong");
    expect(await focused(desk)).toContain("Something is missing or wrong");
    await look(desk, "errors");
    founded = await setUpNewsroom(desk, { name: "Ada Admin", userName: "ada" }, look);
    await press(desk, "Go to the inbox");
    await sees(desk, "No tips yet", 60_000);
    await look(desk, "empty inbox");
    none();
  });

  it("a source's way out and back on a phone, by the keyboard alone", async () => {
    const page = await browser.open(founded.link, phone);
    await find(page, "button:not(:disabled)", "Send sealed", 60_000);
    await look(page, "write");
    await tabTo(page, "Leave quickly");
    await tabTo(page, "Send sealed");
    await page.keyboard.press("Enter");
    await sees(page, "Please look at this first");
    expect(await focused(page)).toContain("Please look at this first");
    await look(page, "nothing written");
    await tabTo(page, "Write a message or add a file.");
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("Your message");
    await page.keyboard.type("By keyboard alone.");
    await tabTo(page, "Let me re-read what I send");
    await page.keyboard.press("Space");
    await tabTo(page, "Send sealed");
    await page.keyboard.press("Enter");
    await sees(page, "Keep your twelve words", 60_000);
    expect(await focused(page)).toBe("Keep your twelve words");
    await look(page, "keep");
    words = await takeWords(page);
    await press(page, "Copy the words");
    await look(page, "words");
    await tabTo(page, "I have my words. Finish");
    await page.keyboard.press("Enter");
    await sees(page, "Nothing of your message is left on this page");
    await look(page, "done");
    await page.close();
    none();
  });

  it("a journalist's reading and answering", async () => {
    await openTalk(desk, "By keyboard alone.");
    await sees(desk, "1 message");
    await look(desk, "conversation");
    await replyTo(desk, "Which ship?");
    expect(await focused(desk)).toContain("is sealed and stored");
    await press(desk, "Remove my copy");
    await look(desk, "remove asked");
    await press(desk, "Delete for everybody");
    await look(desk, "delete asked");
    await press(desk, "Shortcuts");
    await look(desk, "shortcuts");
    await press(desk, "Close");
    none();
  });

  it("a source coming back", async () => {
    const page = await browser.open(founded.link, phone);
    await press(page, "I have my twelve words");
    await fill(page, "Your twelve words", `${words.slice(0, 3).join(" ")} nosuchword`);
    await sees(page, "not on the list");
    await look(page, "wrong word");
    await page.reload();
    await comeBack(page, words.join(" "));
    await sees(page, "Which ship?", 60_000);
    await look(page, "conversation");
    await press(page, "Delete everything");
    await look(page, "delete asked");
    await page.close();
    none();
  });

  it("a source who reads from right to left", async () => {
    const page = await browser.open(founded.link.replace("/#", "/ar/#"), phone);
    await sees(page, "Ada Admin", 60_000);
    await look(page, "write");
    await page.close();
    none();
  });

  it("people: an invitation is withdrawn only after a question", async () => {
    await invite(desk, "Ben");
    await look(desk, "invited");
    await press(desk, "Withdraw…");
    expect(await focused(desk)).toContain('Withdraw the invitation "Ben"?');
    await look(desk, "withdraw asked");
    await press(desk, "Keep the invitation");
    expect(await visibleText(desk)).toContain("Not yet used");
    await press(desk, "Withdraw…");
    await press(desk, "Withdraw the invitation");
    await sees(desk, 'The invitation "Ben" is withdrawn.');
    expect(await focused(desk)).toContain("is withdrawn");
    none();
  });

  it("keys, audit trail, settings, our link, my account", async () => {
    await press(desk, "Keys");
    await sees(desk, "Ada Admin");
    await tick(desk, "Ada Admin");
    await press(desk, "Rotate…");
    await look(desk, "rotate asked");
    await press(desk, "Audit trail");
    await sees(desk, "Set up this newsroom");
    await press(desk, "Verify");
    await sees(desk, "Nothing was changed");
    await look(desk, "audit trail verified");
    await press(desk, "Recovery");
    await sees(desk, "Shares need at least two colleagues.");
    await look(desk, "recovery");
    await press(desk, "Settings");
    await sees(desk, "Sign and save");
    await paste(desk, "Newsroom's name", "");
    await press(desk, "Sign and save");
    await look(desk, "settings with an error");
    await press(desk, "Our link");
    await sees(desk, founded.link);
    await look(desk, "our link");
    await press(desk, "My account");
    await press(desk, "Log out everywhere");
    expect(await focused(desk)).toBe("Log out of every browser, this one too?");
    await look(desk, "log out everywhere asked");
    await press(desk, "Stay logged in");
    expect(await focused(desk)).toBe("Log out everywhere");
    none();
  });

  it("locked, a wrong passphrase, logged out", async () => {
    await press(desk, "Lock");
    await sees(desk, "Signed in as");
    await look(desk, "locked");
    await fill(desk, "Passphrase", "not this one");
    await press(desk, "Unlock");
    await sees(desk, "That passphrase is wrong.", 60_000);
    await desk.waitForSelector("form:not([aria-busy])");
    expect(await focused(desk)).toBe("Unlock");
    await look(desk, "wrong passphrase");
    await press(desk, "Log out instead");
    await sees(desk, "Code from your app");
    await press(desk, "Log in");
    await look(desk, "log-in with errors");
    await press(desk, "I forgot my passphrase");
    await press(desk, "I have lost my words too");
    await press(desk, "I gave nobody shares, or too few are left");
    await look(desk, "everything lost");
    await press(desk, "Ask my colleagues");
    await look(desk, "everything lost, without a name");
    none();
  });
});
