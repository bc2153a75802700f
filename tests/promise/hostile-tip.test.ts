import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { openTalk } from "../support/inbox-steps.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { sees } from "../support/page.ts";
import { openQuickSource, patternFile } from "../support/quick-source.ts";
import { openOneDesk } from "../support/quick-staff.ts";

/** Each would run, load or deceive wherever it is taken for anything but text. */
const text = [
  `<img src="/api/me" onerror="document.title='taken over'">`,
  `<script>document.title='taken over'</script>`,
  `<a href="javascript:document.title='taken over'">https://example.org/</a>`,
  `{{constructor.constructor("document.title='taken over'")()}}`,
].join("\n");
const fileName = `<svg onload=alert(1)>"../..\\..%2f\u202egpj.exe`;

describe("a tip that attacks its reader", () => {
  let instance: Instance;
  let browser: TestBrowser;
  let desk: Page;
  let title: string;
  const refused: string[] = [];

  beforeAll(async () => {
    instance = await startInstance();
    browser = await openBrowser("chromium");
    ({ desk } = await openOneDesk(instance, browser));
    title = await desk.title();
    desk.on("console", (line) => {
      if (/Content Security Policy|Trusted/i.test(line.text())) refused.push(line.text());
    });
    const source = await openQuickSource(instance.source.origin);
    await source.send({ text, files: [patternFile(fileName, 10_000)] });
    await openTalk(desk, "<img src=");
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await instance?.close();
  });

  const madeOf = (selector: string): Promise<number> =>
    desk.evaluate((wanted) => document.querySelectorAll(wanted).length, selector);

  it("is shown as the text it is", async () => {
    await sees(desk, `<script>document.title='taken over'</script>`);
    await sees(desk, "{{constructor");
    expect(await madeOf("main img, main script, main a[href^=javascript], main svg[onload]")).toBe(
      0,
    );
  });

  it("runs nothing, and does not even try", async () => {
    await new Promise((done) => setTimeout(done, 500));
    expect(await desk.title()).toBe(title);
    expect(refused).toEqual([]);
  });

  it("cannot turn a file's name around or lead it out of its folder", async () => {
    const shown = await desk.evaluate(() =>
      [...document.querySelectorAll(".file-name")].map((each) => each.textContent ?? ""),
    );
    expect(shown).toHaveLength(1);
    expect(shown[0]).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  });
});
