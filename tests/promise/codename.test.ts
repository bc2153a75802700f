import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { paste, press, sees, visibleText } from "../support/page.ts";
import { type PaperSetup, setUpOnPaper } from "../support/paper-setup.ts";
import { comeBack, readWords, send, takeWords, writeTip } from "../support/source-steps.ts";
import type { Exchange } from "../support/tap.ts";

let setup: PaperSetup;
let browser: TestBrowser;

beforeAll(async () => {
  setup = await setUpOnPaper();
  browser = await openBrowser("chromium");
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await setup?.instance.close();
});

const isPost = ({ path }: Exchange): boolean => path === "/api/messages";

const visit = async (): Promise<Page> => {
  const page = await browser.open(setup.link);
  await sees(page, "Anna Example");
  return page;
};

const stored = (): Promise<number> =>
  setup.instance.withDatabase(async (client) => {
    const { rows } = await client.query<{ count: string }>("select count(*) from message");
    return Number(rows[0]?.count);
  });

const wordsInPage = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelectorAll("ol.words[data-role=words] li").length);

describe("the codename", () => {
  it("is not on the page before the server has answered that the tip is stored", async () => {
    let before = -1;
    const page = await visit();
    setup.instance.source.hook({
      answered: async (exchange) => {
        if (!isPost(exchange)) return;
        await new Promise((done) => setTimeout(done, 1_000));
        before = await wordsInPage(page);
      },
    });
    await writeTip(page, { text: "Held back for a second.", reread: true });
    await send(page);
    setup.instance.source.hook({});
    expect(before).toBe(0);
    await page.close();
  });

  it("is hidden until pressed, and again after", async () => {
    const page = await visit();
    await writeTip(page, { text: "Hidden words." });
    await send(page);
    const hidden = await visibleText(page);
    const words = await takeWords(page);
    expect(words.filter((word) => new RegExp(`\\b${word}\\b`).test(hidden)).length).toBeLessThan(4);
    await press(page, "Hide my words");
    const shown = await page.evaluate(() => document.getElementById("codename")?.checkVisibility());
    expect(shown).toBe(false);
    await page.close();
  });

  it("comes after one stored tip, when the answer to the first try never arrived", async () => {
    const before = await stored();
    let tries = 0;
    const page = await visit();
    setup.instance.source.hook({
      cut: (exchange) => {
        if (!isPost(exchange)) return false;
        tries += 1;
        return tries === 1;
      },
    });
    await writeTip(page, { text: "The line breaks after the commit." });
    await send(page);
    setup.instance.source.hook({});
    expect(tries).toBeGreaterThan(1);
    expect(await stored()).toBe(before + 1);
    await page.close();
  });

  it("opens what was acknowledged after the server was killed at that moment", async () => {
    const page = await visit();
    await writeTip(page, { text: "Killed right after the answer.", reread: true });
    await send(page);
    await setup.instance.kill("SIGKILL");
    const words = await takeWords(page);
    await setup.instance.restart();
    const again = await visit();
    await comeBack(again, words.join(" "));
    await sees(again, "Killed right after the answer.");
    await again.close();
    await page.close();
  }, 60_000);

  it("may be typed in capitals, with spaces and by the first four letters", async () => {
    const page = await visit();
    await writeTip(page, { text: "Typed in any way.", reread: true });
    await send(page);
    const words = await takeWords(page);
    await page.close();
    const sloppy = words.map((word, at) => (at % 2 ? word.slice(0, 4).toUpperCase() : ` ${word} `));
    const again = await visit();
    await comeBack(again, `  ${sloppy.join("  \n")} `);
    await sees(again, "Typed in any way.");
    await again.close();
  });

  it("says which word is not on the list, before anything is sent", async () => {
    const page = await visit();
    await press(page, "I have my twelve words");
    const from = setup.instance.source.exchanges.length;
    await paste(
      page,
      "Your twelve words",
      "zebra zebra zebra zebra kanarie zebra zebra zebra zebra zebra zebra zoo",
    );
    await sees(page, /kanarie/);
    await sees(page, /not on the list/);
    await new Promise((done) => setTimeout(done, 500));
    expect(setup.instance.source.exchanges.slice(from)).toEqual([]);
    await page.close();
  });

  it("that belongs to nobody finds nothing, and nothing can be written", async () => {
    const page = await visit();
    await comeBack(
      page,
      "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
    );
    await sees(page, "Nothing found under these words");
    expect(await visibleText(page)).not.toContain("Send sealed");
    await page.close();
  });

  it("leaves the page when the source is done", async () => {
    const page = await visit();
    await writeTip(page, { text: "Gone afterwards." });
    await send(page);
    const words = await takeWords(page);
    await press(page, "I have my words. Finish");
    await sees(page, "Nothing of your message is left on this page");
    expect(await readWords(page)).toEqual([]);
    const left = await page.content();
    expect(words.filter((word) => new RegExp(`>\\s*${word}\\s*<`).test(left))).toEqual([]);
    expect(left).not.toContain("Gone afterwards.");
    await page.close();
  });
});
