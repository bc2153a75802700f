import { readFileSync } from "node:fs";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, phone, type TestBrowser } from "../support/browsers.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { createGallery } from "../support/page.ts";

let instance: Instance;
let browser: TestBrowser;
let page: Page;

beforeAll(async () => {
  instance = await startInstance();
  browser = await openBrowser("safest");
  page = await browser.open(`${instance.source.origin}/`, phone);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await instance?.close();
});

describe("at imitated Safest, without JavaScript", () => {
  it("says why there is no form, and how to get one", async () => {
    const picture = createGallery("no-script");
    await picture(page, "safest");
    const text = await page.evaluate("document.body.innerText");
    expect(text).toContain("This page cannot seal anything without JavaScript");
    expect(text).toContain("Safer");
  });

  it.each(["fr", "ar"])("says so in the reader's language: %s", async (language) => {
    const told = readFileSync(`views/locales/source.${language}.json`, "utf8");
    const { noscript } = JSON.parse(told) as { readonly noscript: Record<string, string> };
    const other = await browser.open(`${instance.source.origin}/${language}/`, phone);
    const text = await other.evaluate("document.body.innerText");
    for (const sentence of Object.values(noscript)) expect(text).toContain(sentence);
    await other.close();
  });

  it("has nothing that could send what is typed", async () => {
    const fields = await page.evaluate(
      "[...document.querySelectorAll('form, input, textarea, button, select')].filter((each) => each.checkVisibility()).length",
    );
    expect(fields).toBe(0);
  });

  it("asks for nothing but the page and its style", () => {
    expect(instance.source.exchanges.map(({ method }) => method)).not.toContain("POST");
    expect(instance.source.exchanges.filter(({ path }) => path.startsWith("/api/"))).toEqual([]);
  });
});
