import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BrowserKind, openBrowser, type TestBrowser } from "../support/browsers.ts";
import { paste, press, sees } from "../support/page.ts";
import { type PaperPage, startPaperPage } from "../support/paper-page.ts";
import { type PaperSetup, setUpOnPaper } from "../support/paper-setup.ts";
import { comeBack, finish, send, takeWords, writeTip } from "../support/source-steps.ts";
import { foreign, tracesIn, watchRequests } from "../support/traces.ts";

let paper: PaperPage;
beforeAll(async () => {
  paper = await startPaperPage();
}, 120_000);
afterAll(() => paper?.instance.close());

/** Every text field on the page, with what it does not switch off. */
const careless = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const wanted = {
      autocomplete: "off",
      spellcheck: "false",
      autocorrect: "off",
      autocapitalize: "none",
      writingsuggestions: "false",
      "data-gramm": "false",
      "data-lt-active": "false",
    };
    const fields = [...document.querySelectorAll("textarea, input:not([type]), input[type=text]")];
    const typing = fields.flatMap((field) =>
      Object.entries(wanted)
        .filter(([name, value]) => {
          const set = field.getAttribute(name);
          return set !== value && !(name === "autocapitalize" && set === "off");
        })
        .map(([name]) => `${field.id}: ${name}`),
    );
    const files = [...document.querySelectorAll("input[type=file]")]
      .filter((field) => field.hasAttribute("capture"))
      .map((field) => `${field.id}: capture`);
    return [...typing, ...files];
  });

const address = (page: Page): Promise<string> => page.evaluate(() => location.href);

describe.each<BrowserKind>(["chromium", "firefox"])("the source's page in %s", (kind) => {
  let browser: TestBrowser;
  let page: Page;
  let asked: () => readonly string[];

  beforeAll(async () => {
    browser = await openBrowser(kind);
    page = await browser.open("about:blank");
    asked = watchRequests(page);
    await page.goto(paper.link);
    await sees(page, "Ben Muster");
  }, 60_000);
  afterAll(() => browser?.close());

  it("takes the fragment out of the address, once and for good", async () => {
    expect(await address(page)).toBe(`${paper.instance.source.origin}/`);
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2);
  });

  it("keeps one neutral title and one address on every step", async () => {
    const steps: string[] = [];
    const note = async () => steps.push(`${await page.title()} ${await address(page)}`);
    await note();
    await paste(page, "Your message", "A few words that nobody keeps.");
    await note();
    await press(page, "I have my twelve words");
    await note();
    await press(page, "Write to us");
    await note();
    expect(new Set(steps)).toEqual(new Set([`Contact form ${paper.instance.source.origin}/`]));
  });

  it("switches off everything that reads along in a field", async () => {
    expect(await careless(page)).toEqual([]);
    await press(page, "I have my twelve words");
    expect(await careless(page)).toEqual([]);
    await press(page, "Write to us");
  });

  it("leaves nothing in the browser", async () => {
    expect(await tracesIn(page)).toEqual([]);
  });

  it("asks its own origin alone, and for no icon", () => {
    expect(asked().length).toBeGreaterThan(3);
    expect(foreign(asked(), paper.instance.source.origin)).toEqual([]);
    expect(asked().filter((url) => url.includes("favicon"))).toEqual([]);
  });

  it("sends no cookie and no referrer, and is given none", () => {
    const { exchanges } = paper.instance.source;
    expect(exchanges.filter(({ headers }) => headers.cookie !== undefined)).toEqual([]);
    expect(exchanges.filter(({ headers }) => headers.referer !== undefined)).toEqual([]);
    expect(exchanges.filter(({ answer }) => answer?.headers["set-cookie"] !== undefined)).toEqual(
      [],
    );
    expect(exchanges.filter(({ path }) => path.includes("favicon"))).toEqual([]);
  });
});

describe("a whole way out and back", () => {
  let setup: PaperSetup;
  beforeAll(async () => {
    setup = await setUpOnPaper();
  }, 120_000);
  afterAll(() => setup?.instance.close());

  it.each<BrowserKind>(["chromium", "firefox"])(
    "in %s keeps title and address, switches off help with typing, and leaves nothing",
    async (kind) => {
      const browser = await openBrowser(kind);
      const page = await browser.open(setup.link);
      await sees(page, "Anna Example");
      const seen: string[] = [];
      const note = async (step: string): Promise<void> => {
        const at = `${await page.title()} ${await address(page)}`;
        seen.push(...(await careless(page)).map((field) => `${step}: ${field}`));
        if (at !== `Contact form ${setup.instance.source.origin}/`) seen.push(`${step}: ${at}`);
      };
      await writeTip(page, { text: "There and back.", reread: true });
      await note("written");
      await send(page);
      await note("sent");
      const words = (await takeWords(page)).join(" ");
      await press(page, "Check that I wrote them down right");
      await note("words");
      await finish(page);
      await note("done");
      await comeBack(page, words);
      await sees(page, "There and back.");
      await note("conversation");
      await writeTip(page, { text: "And again." }, "Your answer");
      await press(page, "Send sealed");
      await sees(page, "Your answer has arrived");
      await note("answered");
      await press(page, "Delete everything");
      await press(page, "Delete for everybody");
      await sees(page, "Everything under your words is deleted.");
      await note("deleted");
      expect(seen).toEqual([]);
      expect(await tracesIn(page)).toEqual([]);
      expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2);
      await browser.close();
    },
    60_000,
  );
});
