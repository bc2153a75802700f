import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCodename, sourceKeys } from "../../src/protocol/secret/codename.ts";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { type Canary, needlesOf, phraseCanaries } from "../support/canary.ts";
import { nowhere, searchEverywhere } from "../support/everywhere.ts";
import { searchMemory } from "../support/memory.ts";
import { press, sees } from "../support/page.ts";
import { type PaperSetup, setUpOnPaper } from "../support/paper-setup.ts";
import { comeBack, finish, send, takeWords, writeTip } from "../support/source-steps.ts";
import type { Exchange } from "../support/tap.ts";

/** With letters beyond ASCII and with quotes, so that every encoding of it looks different. */
const message = 'Zaunkönig-8803 "message" canary';
const answer = 'Bartmeise-2217 "answer" canary';
const fileName = "Wiedehopf-5150 über file name.txt";
const fileBody = 'Pirol-9046 "file body" çanary';

const written: readonly Canary[] = [
  { name: "message", secret: message },
  { name: "answer", secret: answer },
  { name: "file name", secret: fileName },
  { name: "file body", secret: fileBody },
];
const writtenNeedles = needlesOf(written);

/** What was found in the server's memory at one moment. */
type Look = {
  readonly moment: string;
  readonly found: readonly string[];
  /** Whether the sealed bytes were seen there: else the look came too early, or looked elsewhere. */
  readonly sealed: boolean;
};

describe("what a source writes, calls files and keeps", () => {
  const folder = mkdtempSync(join(tmpdir(), "sealdrop-canary-"));
  const looks: Look[] = [];
  const begun = new Set<string>();
  let setup: PaperSetup;
  let browser: TestBrowser;
  let page: Page;
  let words: readonly string[] = [];

  const lookOnce = (moment: string, { body }: Exchange): Look => {
    const start = Math.min(1_000, body.length >> 2);
    const sealed = { name: "sealed", bytes: body.subarray(start, start + 32) };
    const { found } = searchMemory(setup.instance.pid(), [...writtenNeedles, sealed]);
    return {
      moment,
      found: found.filter((name) => name !== "sealed"),
      sealed: found.includes("sealed"),
    };
  };

  const firstOf = (exchange: Exchange, when: string): string | null => {
    const isPart = exchange.method === "PUT";
    if (!isPart && exchange.path !== "/api/messages") return null;
    const moment = `${when} ${isPart ? "the upload" : "the POST"}`;
    if (begun.has(moment)) return null;
    begun.add(moment);
    return moment;
  };

  /** Halfway the request is held until the server has what was sent of it, however slow it is. */
  const lookDuring = async (exchange: Exchange): Promise<void> => {
    const moment = firstOf(exchange, "during");
    for (let tries = 0; moment !== null && tries < 50; tries += 1) {
      const seen = lookOnce(moment, exchange);
      looks.push(seen);
      if (seen.sealed) return;
      await sleep(100);
    }
  };

  const lookAtEnd = (exchange: Exchange): void => {
    const moment = firstOf(exchange, "at the end of");
    if (moment !== null) looks.push(lookOnce(moment, exchange));
  };

  beforeAll(async () => {
    setup = await setUpOnPaper({ environment: { LOG_LEVEL: "debug" } });
    setup.instance.source.hook({ during: lookDuring, answered: lookAtEnd });
    const file = join(folder, fileName);
    writeFileSync(file, `${fileBody}\n`.repeat(20_000));
    browser = await openBrowser("chromium");
    page = await browser.open(setup.link);
    await sees(page, "Anna Example");
    await writeTip(page, { text: `${message}\n`.repeat(20), files: [file], reread: true });
    await send(page);
    words = await takeWords(page);
    await finish(page);
    page = await browser.open(setup.link);
    await comeBack(page, words.join(" "));
    await sees(page, message);
    await writeTip(page, { text: answer }, "Your answer");
    await press(page, "Send sealed");
    await sees(page, "Your answer has arrived");
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await setup?.instance.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("was really sent, file and all", () => {
    const bytes = setup.instance.source.exchanges
      .filter(({ method }) => method === "PUT")
      .reduce((sum, { body }) => sum + body.length, 0);
    expect(bytes).toBeGreaterThan(600_000);
    expect(words).toHaveLength(12);
  });

  it("is never in the server's memory while it arrives", () => {
    expect(new Set(looks.map(({ moment }) => moment))).toEqual(
      new Set([
        "during the upload",
        "at the end of the upload",
        "during the POST",
        "at the end of the POST",
      ]),
    );
    expect(looks.flatMap(({ found }) => found)).toEqual([]);
    const seen = looks.filter(({ sealed }) => sealed).map(({ moment }) => moment);
    expect(seen).toEqual(expect.arrayContaining(["during the upload", "during the POST"]));
  });

  it("is nowhere afterwards, and neither is the codename nor any key made of it", async () => {
    const { crypto, newsroom } = setup.stage;
    const codename = parseCodename(words.join(" "));
    const keys = sourceKeys(crypto, newsroom.newsroomId, codename);
    const needles = needlesOf([
      ...written,
      ...phraseCanaries("codename", words),
      { name: "codename as bytes", secret: codename },
      { name: "mailbox key", secret: keys.mailboxPrivate },
      { name: "static key", secret: keys.staticPrivate },
      { name: "reply key", secret: keys.replySeed },
    ]);
    expect(await searchEverywhere(setup.instance, needles)).toEqual(nowhere);
    expect(searchMemory(setup.instance.pid(), needles).found).toEqual([]);
  });
});
