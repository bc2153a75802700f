import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { base64url } from "../../src/protocol/public/bytes.ts";
import { sees, visibleText } from "../support/page.ts";
import { bundleOf } from "../support/paper-service.ts";
import { comeBack, send, takeWords, writeTip } from "../support/source-steps.ts";
import { startVisits, untilReady, type Visits } from "../support/source-visits.ts";

let visits: Visits;

beforeAll(async () => {
  visits = await startVisits("chromium");
}, 60_000);
afterAll(() => visits?.close());
beforeEach(() => {
  Object.assign(visits.service.world, {
    bundle: bundleOf(visits.newsroom),
    broken: 0,
    unanswered: 0,
    full: false,
    rosterChanges: 0,
    blockWasm: false,
  });
});

const hasForm = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.querySelector("main form") !== null);

const closed = async (title: string, path = "/"): Promise<Page> => {
  const page = await visits.visit(path);
  await sees(page, title);
  expect(await hasForm(page)).toBe(false);
  return page;
};

describe("the source's page", () => {
  it("can be typed in before the list of journalists has arrived", async () => {
    visits.service.world.broken = 1_000;
    const page = await visits.visit();
    await page.type("#message", "early");
    expect(await visibleText(page)).toContain("You can write already");
    visits.service.world.broken = 0;
    await untilReady(page);
    expect(await page.$eval("#message", (field) => (field as HTMLTextAreaElement).value)).toBe(
      "early",
    );
    await page.close();
  });

  it("asks again for a worker that was lost on the way, and keeps what was typed", async () => {
    visits.service.world.brokenWorkers = 1_000;
    const page = await visits.visit();
    await page.type("#message", "early");
    await sees(page, "The line is gone.");
    visits.service.world.brokenWorkers = 0;
    await untilReady(page);
    expect(await page.$eval("#message", (field) => (field as HTMLTextAreaElement).value)).toBe(
      "early",
    );
    await page.close();
  });

  it("asks for five things and no more", async () => {
    const before = visits.service.requests.length;
    const page = await visits.visit();
    await untilReady(page);
    const asked = visits.service.requests
      .slice(before)
      .map((line) => line.replace(/-[0-9a-f]{12}/, ""));
    expect(asked.toSorted()).toEqual([
      "GET /",
      "GET /api/newsroom",
      "GET /main.js",
      "GET /style.css",
      "GET /worker-sodium.js",
    ]);
    await page.close();
  });

  it("says that nobody can be reached, and how else", async () => {
    visits.service.world.bundle = bundleOf(visits.newsroom, []);
    const page = await closed("No journalist can be reached now");
    await sees(page, "Write to 1 Example Street.");
    await sees(page, "I have my twelve words");
    await page.close();
  });

  it("shows who is not reachable and does not tick them", async () => {
    visits.service.world.bundle = bundleOf(
      visits.newsroom,
      visits.newsroom.journalists.slice(0, 1),
    );
    const page = await visits.visit();
    await untilReady(page);
    const ticks = await page.$$eval("[data-role=reader]", (boxes) =>
      boxes.map((box) => (box as HTMLInputElement).checked && !(box as HTMLInputElement).disabled),
    );
    expect(ticks).toEqual([true, false, false]);
    expect(await visibleText(page)).toMatch(/Ben Okafor\s+· not reachable now/);
    await page.close();
  });

  it("says that intake is paused, in the newsroom's words", async () => {
    const pauseSentence = "We are moving house.";
    visits.service.world.bundle = bundleOf(visits.other({ settings: { pauseSentence } }));
    const page = await closed("We take no messages at the moment");
    await sees(page, pauseSentence);
    await page.close();
  });

  it("gives back what was typed before the form had to close", async () => {
    visits.service.world.broken = 1_000;
    visits.service.world.bundle = bundleOf(visits.other({ settings: { pauseSentence: "Later." } }));
    const page = await visits.visit();
    await page.type("#message", "early");
    visits.service.world.broken = 0;
    await sees(page, "We take no messages at the moment");
    expect(await page.$eval("#written", (field) => (field as HTMLTextAreaElement).value)).toBe(
      "early",
    );
    await page.close();
  });

  it("says that the list has lapsed, and lets its owner read all the same", async () => {
    const first = await visits.visit();
    await untilReady(first);
    await writeTip(first, { text: "Read me later.", reread: true });
    await send(first);
    const words = await takeWords(first);
    await first.close();
    const clockAhead = 40 * 86_400_000;
    const page = await visits.browser.open("about:blank");
    await page.evaluateOnNewDocument((ahead) => {
      const real = Date.now.bind(Date);
      Date.now = () => real() + ahead;
    }, clockAhead);
    await page.goto(visits.service.origin);
    await sees(page, "Our list of journalists is out of date");
    expect(await hasForm(page)).toBe(false);
    await comeBack(page, words.join(" "));
    await sees(page, "Read me later.");
    await sees(page, "This list of journalists is out of date.");
    await page.close();
  });

  it("says when the clock must be wrong", async () => {
    visits.service.world.bundle = bundleOf(visits.other({ day: visits.today + 5 }));
    await (await closed("The date of your device seems to be wrong")).close();
  });

  it("stays closed when the link names another newsroom key, and clears the address", async () => {
    const page = await closed("This is not the newsroom your link names", `/#${"A".repeat(43)}`);
    expect(page.url()).toBe(`${visits.service.origin}/`);
    expect(await visibleText(page)).not.toContain("The Example");
    expect(await visibleText(page)).not.toContain("I have my twelve words");
    await page.close();
  });

  it("opens when the link names this newsroom's key, keeps it for other languages, clears the address", async () => {
    const fragment = base64url(visits.newsroom.key);
    const page = await visits.visit(`/#${fragment}`);
    await untilReady(page);
    expect(page.url()).toBe(`${visits.service.origin}/`);
    await page.click("[data-role=check] summary");
    await sees(page, "names the same words: they fit");
    await Promise.all([page.waitForNavigation(), page.click("a[hreflang=fr]")]);
    await untilReady(page);
    expect(page.url()).toBe(`${visits.service.origin}/fr/`);
    await page.click("[data-role=check] summary");
    await sees(page, "nomme les mêmes mots");
    await page.close();
  });

  it("stays closed when a signature does not fit", async () => {
    const forged = bundleOf(visits.newsroom).slice();
    forged[60] = (forged[60] ?? 0) ^ 1;
    visits.service.world.bundle = forged;
    await (await closed("Something is wrong with the list of journalists")).close();
  });

  it("says that the box is not set up", async () => {
    visits.service.world.bundle = null;
    await (await closed("This box is not ready yet")).close();
  });

  it("tells WebAssembly blocked by its own policy from WebAssembly missing", async () => {
    visits.service.world.blockWasm = true;
    await (await closed("This page is set up wrongly")).close();
  });

  it("takes the second worker where there is no WebAssembly", async () => {
    const page = await visits.browser.open("about:blank");
    await page.evaluateOnNewDocument(() => {
      Reflect.deleteProperty(globalThis, "WebAssembly");
    });
    const before = visits.service.requests.length;
    await page.goto(visits.service.origin);
    await untilReady(page);
    const asked = visits.service.requests.slice(before).join(" ");
    expect(asked).toContain("worker-noble");
    expect(asked).not.toContain("worker-sodium");
    await page.close();
  });

  it("warns at an address that the newsroom did not sign", async () => {
    const sourceOrigins = ["https://tips.example", "http://abcdefgh.onion"];
    visits.service.world.bundle = bundleOf(visits.other({ settings: { sourceOrigins } }));
    const page = await visits.visit();
    await sees(page, "This address is not one of ours");
    await sees(page, "http://abcdefgh.onion");
    await page.close();
  });

  it("asks on leaving that the browser forgets this address", async () => {
    const page = await visits.visit();
    await untilReady(page);
    const asked = page.waitForRequest((request) => request.url().endsWith("/api/leave"));
    await page.click("#leave");
    expect((await asked).method()).toBe("POST");
    await page.close();
  });

  it("stands in Arabic from right to left, with words and codename from left to right", async () => {
    const page = await visits.visit("/ar/");
    await untilReady(page);
    await page.click("[data-role=check] summary");
    const directions = await page.evaluate(() =>
      ["html", "[data-role=fingerprint]"].map((part) => {
        const element = document.querySelector(part);
        return element === null ? "" : getComputedStyle(element).direction;
      }),
    );
    expect(directions).toEqual(["rtl", "ltr"]);
    await page.close();
  });
});
