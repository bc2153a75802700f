import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { press, sees, visibleText } from "../support/page.ts";
import { bundleOf } from "../support/paper-service.ts";
import { send, takeWords, writeTip } from "../support/source-steps.ts";
import { paperNames, startVisits, untilReady, type Visits } from "../support/source-visits.ts";

const onion = `http://${"a".repeat(56)}.onion`;

let visits: Visits;
beforeAll(async () => {
  visits = await startVisits("chromium");
  const sourceOrigins = [visits.service.origin, onion];
  visits.service.world.bundle = bundleOf(visits.other({ settings: { sourceOrigins } }));
}, 60_000);
afterAll(() => visits?.close());

const visit = async (): Promise<Page> => {
  const page = await visits.visit();
  await untilReady(page);
  return page;
};

/** Opens whatever is folded, as a careful reader would. */
const unfold = (page: Page): Promise<void> =>
  page.evaluate(() => {
    for (const part of document.querySelectorAll("details")) part.open = true;
  });

/** Seen and not covered by anything, wherever the page is scrolled to. */
const leaveInReach = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const button = document.getElementById("leave");
    const { left, top, width, height } = button?.getBoundingClientRect() ?? new DOMRect();
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    return there !== null && there === button;
  });

describe("before a source writes", () => {
  it("the page says who reads, what is safe and what is not, in front of the first field", async () => {
    const page = await visit();
    await unfold(page);
    const text = await visibleText(page);
    const inFront = text.slice(0, text.indexOf("Your message"));
    const wanted = [
      ...paperNames,
      "Check it is really us",
      "If they are not the same here, close this page",
      "Do not use a device or a network of your work",
      "You get it at torproject.org",
      onion,
      "What we cannot protect",
      "If somebody else controls your device",
      "Messages are deleted 90 days after the last one",
    ];
    expect(wanted.filter((words) => !inFront.includes(words))).toEqual([]);
    expect(await page.$$eval("ol[data-role=fingerprint] li", (items) => items.length)).toBe(12);
    await page.close();
  });

  it("the onion address is text: nobody is led out of Tor Browser by a click", async () => {
    const page = await visit();
    const links = await page.$$eval("a", (all) => all.map(({ href }) => href));
    expect(links.filter((href) => href.includes(".onion"))).toEqual([]);
    await page.close();
  });

  it("whoever has lost the words is told what is left to do", async () => {
    const page = await visit();
    await press(page, "I have my twelve words");
    await press(page, "I have lost my words");
    await sees(page, "Nobody can recover them, and we cannot either");
    await sees(page, "You can write to us again and get new words");
    await page.close();
  });
});

describe("leaving quickly", () => {
  it("is in reach on every step, at the top of the page and at its end", async () => {
    // The newsroom this service can store for.
    visits.service.world.bundle = bundleOf(visits.newsroom);
    const page = await visit();
    const outOfReach: string[] = [];
    const look = async (step: string): Promise<void> => {
      for (const place of ["top", "end"]) {
        const down = place === "end";
        await page.evaluate((end) => scrollTo(0, end ? document.body.scrollHeight : 0), down);
        if (!(await leaveInReach(page))) outOfReach.push(`${step}, ${place}`);
      }
    };
    await unfold(page);
    await look("write");
    await writeTip(page, { text: "Long.\n".repeat(200) });
    await send(page);
    await look("sent");
    await takeWords(page);
    await unfold(page);
    await look("words");
    await press(page, "I have my words. Finish");
    await look("done");
    await press(page, "I have my twelve words");
    await look("return");
    expect(outOfReach).toEqual([]);
    await page.close();
  });
});
