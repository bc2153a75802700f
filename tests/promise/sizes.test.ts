import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { type Folder, makeFolder } from "../support/files.ts";
import { sees } from "../support/page.ts";
import { type PaperSetup, setUpOnPaper } from "../support/paper-setup.ts";
import { comeBack, send, type Tip, takeWords, writeTip } from "../support/source-steps.ts";
import type { Exchange } from "../support/tap.ts";

let setup: PaperSetup;
let browser: TestBrowser;
let files: Folder;

beforeAll(async () => {
  files = makeFolder();
  setup = await setUpOnPaper();
  browser = await openBrowser("chromium");
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await setup?.instance.close();
  files?.remove();
});

/** Everything about the requests that a watcher of the server could weigh: order, path without ids, sizes both ways. */
const weigh = ({ method, path, body, answer }: Exchange): string =>
  `${method} ${path.replaceAll(/[A-Za-z0-9_-]{22}/g, "id")} ${body.length} ${answer?.status} ${answer?.body.length}`;

const visit = async (): Promise<Page> => {
  const page = await browser.open(setup.link);
  await sees(page, "Anna Example");
  return page;
};

const weightOf = async (work: (page: Page) => Promise<void>): Promise<readonly string[]> => {
  const page = await visit();
  const from = setup.instance.source.exchanges.length;
  await work(page);
  const weighed = setup.instance.source.exchanges.slice(from).map(weigh);
  await page.close();
  return weighed;
};

const sending = (tip: Tip): Promise<readonly string[]> =>
  weightOf(async (page) => {
    await writeTip(page, tip);
    await send(page);
  });

const reading = async (words: string): Promise<readonly string[]> =>
  weightOf(async (page) => {
    await comeBack(page, words);
    await sees(page, /(?:Your messages|Nothing found under these words)/);
  });

describe("what travels has the size of its class and nothing finer", () => {
  it("two words and two thousand characters weigh the same", async () => {
    const short = await sending({ text: "Look here." });
    const long = await sending({ text: "A long story. ".repeat(140) });
    expect(long).toEqual(short);
    expect(short.some((line) => line.startsWith("POST /api/messages"))).toBe(true);
  });

  it("asking to re-read one's own message weighs the same as not asking", async () => {
    expect(await sending({ text: "Look here.", reread: true })).toEqual(
      await sending({ text: "Look here." }),
    );
  });

  it("a long story in the next class weighs more, as said", async () => {
    const long = await sending({ text: "A long story. ".repeat(1_000) });
    expect(long).not.toEqual(await sending({ text: "Look here." }));
  });

  it("two small files of different size and name weigh the same", async () => {
    const one = await sending({ text: "x", files: [files.make("a.txt", 12)] });
    const other = await sending({ text: "x", files: [files.make("a longer name.pdf", 50_000)] });
    expect(other).toEqual(one);
    expect(one.some((line) => line.startsWith("PUT /api/uploads/id"))).toBe(true);
  });

  it("two large files in one step of padding weigh the same", async () => {
    const one = await sending({ text: "x", files: [files.make("b.bin", 1_000_100)] });
    const other = await sending({ text: "x", files: [files.make("c.bin", 1_010_000)] });
    expect(other).toEqual(one);
  });

  it("words that open nothing weigh the same as an emptied mailbox", async () => {
    const nobody = await reading(
      "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
    );
    const page = await visit();
    await writeTip(page, { text: "Emptied." });
    await send(page);
    const words = (await takeWords(page)).join(" ");
    await page.close();
    await setup.instance.withDatabase((client) => client.query("delete from message"));
    expect(await reading(words)).toEqual(nobody);
  });
});
