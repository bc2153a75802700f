import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { needlesOf } from "../support/canary.ts";
import { dumpTables } from "../support/dump.ts";
import { nowhere, searchEverywhere } from "../support/everywhere.ts";
import { press, sees } from "../support/page.ts";
import { type PaperSetup, setUpOnPaper } from "../support/paper-setup.ts";
import { comeBack, finish, send, takeWords, writeTip } from "../support/source-steps.ts";
import { visitorAddress } from "../support/tap.ts";

const agent = "Kanarienbrowser/47.11 (Zwischenraum 9)";
const began = Date.now();

/** Tables that know staff and the installation, and nothing that a source does writes to them. */
const withTimes = [
  "_prisma_migrations",
  "session",
  "try_delay",
  "invite",
  "used_challenge",
  "factor_reset",
];

let setup: PaperSetup;
let browser: TestBrowser;

const addressBytes = Uint8Array.from(visitorAddress.split(".").map(Number));

const visit = async (): Promise<Page> => {
  const page = await browser.open("about:blank");
  await page.setUserAgent({ userAgent: agent });
  await page.goto(setup.link);
  await sees(page, "Anna Example");
  return page;
};

beforeAll(async () => {
  setup = await setUpOnPaper({ environment: { LOG_LEVEL: "debug" } });
  browser = await openBrowser("chromium");
  const page = await visit();
  await writeTip(page, {
    text: "A tip.",
    files: [new URL(import.meta.url).pathname],
    reread: true,
  });
  await send(page);
  const words = (await takeWords(page)).join(" ");
  await finish(page);
  const again = await visit();
  await comeBack(again, words);
  await sees(again, "A tip.");
  await writeTip(again, { text: "One thing more." }, "Your answer");
  await press(again, "Send sealed");
  await sees(again, "Your answer has arrived");
  await fetch(`${setup.instance.source.origin}/api/messages`, {
    method: "POST",
    headers: { "user-agent": agent, referer: "https://Kanarienseite.example/x" },
    body: "what nobody understands",
  });
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await setup?.instance.close();
});

/** Numbers and texts that say when, to anything finer than a day. */
const moments = (text: string): readonly string[] => {
  const spoken = text.match(/\b20\d\d-\d\d-\d\d[ T]\d\d:\d\d/g) ?? [];
  const counted = (text.match(/\b\d{10,16}\b/g) ?? []).filter((digits) =>
    [1, 1000, 0.001].some((unit) => {
      const at = Number(digits) * unit;
      return at > began - 86_400_000 && at < Date.now() + 30 * 86_400_000;
    }),
  );
  return [...spoken, ...counted];
};

describe("after a whole visit", () => {
  it("the server has really seen the address and the browser's name", () => {
    const { exchanges } = setup.instance.source;
    expect(
      exchanges.filter(({ headers }) => headers["user-agent"] === agent).length,
    ).toBeGreaterThan(5);
    expect(exchanges.some(({ method }) => method === "PUT")).toBe(true);
  });

  it("no address, browser's name or referrer is in any table, log line or file", async () => {
    const needles = needlesOf([
      { name: "address", secret: visitorAddress },
      { name: "browser", secret: "Kanarienbrowser" },
      { name: "referrer", secret: "Kanarienseite" },
    ]);
    const found = await searchEverywhere(setup.instance, needles);
    expect({ ...found, requests: [] }).toEqual(nowhere);
    const packed = { name: "address as four bytes", bytes: Buffer.from(addressBytes) };
    const { tables } = await searchEverywhere(setup.instance, [packed]);
    expect(tables).toEqual([]);
  });

  it("no table that a source's visit writes to has a time", async () => {
    const columns = await setup.instance.withDatabase((client) =>
      client.query<{ table_name: string; column_name: string }>(
        `select table_name, column_name from information_schema.columns
         where table_schema = 'public' and (data_type like 'time%' or data_type in ('date', 'interval'))`,
      ),
    );
    const tables = columns.rows.map(({ table_name }) => table_name);
    expect(tables.filter((table) => !withTimes.includes(table))).toEqual([]);
  });

  it("no value in those tables is a time in disguise", async () => {
    const dumps = await setup.instance.withDatabase(dumpTables);
    const found = dumps
      .filter(({ table }) => !withTimes.includes(table))
      .flatMap(({ table, text }) =>
        moments(text.toString()).map((moment) => `${table}: ${moment}`),
      );
    expect(found).toEqual([]);
    expect(dumps.find(({ table }) => table === "message")?.text.length).toBeGreaterThan(1000);
  });

  it("no log line about a request says when, whose, or which mailbox", () => {
    const lines = setup.instance
      .output()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line): Record<string, unknown> => JSON.parse(line));
    const source = lines.filter(({ app }) => app === "source");
    const fields = [...new Set(source.flatMap((line) => Object.keys(line)))].sort();
    expect(source.length).toBeGreaterThan(5);
    expect(
      fields.filter((name) => !["level", "app", "route", "status", "code"].includes(name)),
    ).toEqual([]);
    expect(moments(setup.instance.output())).toEqual([]);
    expect(source.filter(({ route }) => /[A-Za-z0-9_-]{20,}/.test(String(route)))).toEqual([]);
  });
});
