import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeBundle } from "../../src/protocol/public/bundle.ts";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import {
  type Attack,
  attacksOn,
  honestStage,
  realCrypto,
  type Stage,
} from "../support/hostile-bundles.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { createGallery, sees, visibleText } from "../support/page.ts";

const stage: Stage = honestStage(await realCrypto(), Date.now());
const attacks = attacksOn(stage);

let instance: Instance;
let browser: TestBrowser;
const picture = createGallery("roster-attacks");

beforeAll(async () => {
  instance = await startInstance();
  browser = await openBrowser("chromium");
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await instance?.close();
});

const serve = (bundle: Uint8Array): void =>
  instance.source.hook({
    alter: ({ path }, answer) =>
      path === "/api/newsroom"
        ? {
            status: 200,
            headers: { ...answer.headers, "content-type": "application/octet-stream" },
            body: Buffer.from(bundle),
          }
        : null,
  });

const visit = async (bundle: Uint8Array, fragment?: Uint8Array): Promise<Page> => {
  serve(bundle);
  const end = fragment === undefined ? "" : `#${Buffer.from(fragment).toString("base64url")}`;
  return browser.open(`${instance.source.origin}/${end}`);
};

const hasForm = (page: Page): Promise<boolean> =>
  page.evaluate(() =>
    [...document.querySelectorAll("textarea, input[type=file]")].some((each) =>
      each.checkVisibility(),
    ),
  );

const canBeChosen = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLInputElement>("fieldset input[type=checkbox]")]
      .filter((box) => !box.disabled && box.checkVisibility())
      .map((box) => box.labels?.[0]?.textContent?.trim() ?? ""),
  );

const writesOf = (from: number): readonly string[] =>
  instance.source.exchanges
    .slice(from)
    .filter(({ method }) => method !== "GET")
    .map(({ method, path }) => `${method} ${path}`);

const short = (name: string): string => name.replaceAll(/[^a-z0-9]+/gi, "-");

const expectClosed = async (page: Page, why: RegExp): Promise<void> => {
  await sees(page, why);
  expect(await hasForm(page)).toBe(false);
};

const expectUnreachable = async (page: Page, name: string): Promise<void> => {
  await sees(page, "not reachable now");
  expect(await visibleText(page)).toMatch(new RegExp(`${name}[^\\n]*\\n?[^\\n]*not reachable now`));
  expect((await canBeChosen(page)).some((each) => each.startsWith(name))).toBe(false);
  expect((await canBeChosen(page)).length).toBe(1);
};

describe("a server that was taken over", () => {
  it("opens the form for an honest list, with every journalist", async () => {
    const page = await visit(encodeBundle(stage.honest), stage.newsroom.key);
    await sees(page, "Ben Muster");
    expect(await canBeChosen(page)).toHaveLength(2);
    expect(await hasForm(page)).toBe(true);
    await picture(page, "honest");
    await page.close();
  });

  it.each(attacks.map((attack): [string, Attack] => [attack.name, attack]))(
    "gets no tip by %s",
    async (name, { bundle, expect: wanted, fragment }) => {
      const from = instance.source.exchanges.length;
      const page = await visit(bundle, fragment);
      await ("closed" in wanted
        ? expectClosed(page, wanted.closed)
        : expectUnreachable(page, wanted.unreachable));
      await picture(page, short(name));
      expect(writesOf(from)).toEqual([]);
      await page.close();
    },
  );
});
