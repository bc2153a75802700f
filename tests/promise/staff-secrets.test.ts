import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entropyOf } from "../../src/protocol/secret/codename.ts";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { type Canary, needlesOf, phraseCanaries } from "../support/canary.ts";
import { nowhere, searchEverywhere } from "../support/everywhere.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { searchMemory } from "../support/memory.ts";
import { press, sees } from "../support/page.ts";
import { forgetCode } from "../support/quick-staff.ts";
import {
  type Founded,
  invite,
  logIn,
  noPicture,
  setUpNewsroom,
  unlock,
} from "../support/staff-steps.ts";
import { foreign, tracesIn, watchRequests } from "../support/traces.ts";

const wordCanaries = (name: string, words: readonly string[]): readonly Canary[] => [
  ...phraseCanaries(name, words),
  { name: `${name} as bytes`, secret: entropyOf(words.join(" "), 32) },
];

let instance: Instance;
let browser: TestBrowser;
let desk: Page;
let asked: () => readonly string[];
let founded: Founded;
let inviteSecret: string;

beforeAll(async () => {
  instance = await startInstance({ environment: { LOG_LEVEL: "debug" } });
  browser = await openBrowser("chromium");
  desk = await browser.open("about:blank");
  asked = watchRequests(desk);
  await desk.goto(instance.setupLink());
  founded = await setUpNewsroom(desk, { name: "Ada Admin", userName: "ada" }, noPicture);
  await press(desk, "Go to the inbox");
  inviteSecret = (await invite(desk, "Ben")).split("#join=")[1] ?? "";
  await press(desk, "Lock");
  await unlock(desk, founded.admin);
  await press(desk, "Log out");
  await forgetCode(instance, founded.admin);
  await logIn(desk, founded.admin);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await instance?.close();
});

describe("what staff keep to themselves", () => {
  it("is nowhere on the server: passphrase, both sheets of words, an invitation's secret", async () => {
    const needles = needlesOf([
      ...phraseCanaries("passphrase", founded.admin.passphrase.split(" ")),
      ...wordCanaries("newsroom words", founded.newsroomWords),
      ...wordCanaries("recovery words", founded.admin.recoveryWords),
      { name: "invitation", secret: inviteSecret },
      { name: "invitation as bytes", secret: Buffer.from(inviteSecret, "base64url") },
    ]);
    expect(inviteSecret.length).toBeGreaterThan(40);
    expect(await searchEverywhere(instance, needles)).toEqual(nowhere);
    expect(searchMemory(instance.pid(), needles).found).toEqual([]);
  });

  it("is in no cookie that a script can read, and in no storage that outlives the tab", async () => {
    const kept = await tracesIn(desk);
    expect(
      kept.filter((trace) => /^(?:cookie|localStorage|cache|window name)/.test(trace)),
    ).toEqual([]);
  });

  it("the desk asks its own origin, and the sources' address for the key log, without credentials", () => {
    expect(asked().length).toBeGreaterThan(10);
    const evidence = `${instance.source.origin}/api/log/evidence`;
    const others = foreign(asked(), instance.newsroom.origin);
    expect(others.filter((url) => !url.startsWith("blob:") && url !== evidence)).toEqual([]);
    const there = instance.source.exchanges.map(({ method, path, headers, body }) => ({
      asks: `${method} ${path}`,
      cookie: headers.cookie ?? headers.authorization ?? null,
      bytes: body.length,
    }));
    const onlyThat = { asks: "GET /api/log/evidence", cookie: null, bytes: 0 };
    expect(there.length).toBeGreaterThan(0);
    expect(there).toEqual(there.map(() => onlyThat));
  });
});

describe("after a staff log-in, in the same browser", () => {
  it("a session's cookie is there, for scripts to see never and for the newsroom alone", async () => {
    const set = instance.newsroom.exchanges.flatMap(
      ({ answer }) => answer?.headers["set-cookie"] ?? [],
    );
    expect(set.length).toBeGreaterThan(0);
    for (const cookie of set) expect(cookie).toMatch(/HttpOnly/i);
    for (const cookie of set) expect(cookie).toMatch(/SameSite=Strict/i);
    for (const cookie of set) expect(cookie).not.toMatch(/Domain=/i);
  });

  it("a visit to the source's address carries no cookie and gets none", async () => {
    const from = instance.source.exchanges.length;
    const page = await browser.open(founded.link);
    await sees(page, "Ada Admin");
    const visit = instance.source.exchanges.slice(from);
    expect(visit.length).toBeGreaterThan(3);
    expect(visit.filter(({ headers }) => headers.cookie !== undefined)).toEqual([]);
    expect(visit.filter(({ answer }) => answer?.headers["set-cookie"] !== undefined)).toEqual([]);
    expect(await tracesIn(page)).toEqual([]);
    await page.close();
  });

  it("the ready link leads to a page that shows the same twelve words", async () => {
    const page = await browser.open(founded.link);
    await sees(page, "Ada Admin");
    const shown = await page.evaluate(() =>
      [...document.querySelectorAll("[data-role=fingerprint] li")].map((each) =>
        (each.textContent ?? "").trim(),
      ),
    );
    expect(shown.map((word) => word.replace(/^\d+\W*/, ""))).toEqual(founded.fingerprint);
    await page.close();
  });
});
