import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concat, readerOf, sized, u16 } from "../../src/protocol/public/bytes.ts";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { createGallery, press, sees } from "../support/page.ts";
import { forgetCode } from "../support/quick-staff.ts";
import {
  approve,
  type Founded,
  invite,
  join,
  logIn,
  setUpNewsroom,
  unlock,
  wordsShown,
} from "../support/staff-steps.ts";
import type { Answer, Exchange } from "../support/tap.ts";

/** A list that was true before Ben came: everything in it carries the newsroom's own signature. */
const onlyFirst = (body: Buffer): Buffer => {
  const reader = readerOf(new Uint8Array(body));
  if (reader.u16() === 0) return body;
  const statement = reader.sized(131_200);
  const settings = reader.sized(131_200);
  return Buffer.from(concat([u16(1), sized(statement), sized(settings)]));
};

const picture = createGallery("old-roster");

describe("an old list of journalists, offered to an admin", () => {
  let instance: Instance;
  let known: TestBrowser;
  let colleagues: TestBrowser;
  let fresh: TestBrowser;
  let desk: Page;
  let founded: Founded;
  let vaultBefore: Answer | undefined;

  const signed = (from: number): readonly Exchange[] =>
    instance.newsroom.exchanges
      .slice(from)
      .filter(({ method, path }) => method === "POST" && path === "/api/roster");

  const oldList = ({ path }: Exchange, answer: Answer): Answer | null => {
    if (!path.startsWith("/api/rosters")) return null;
    const first = path.endsWith("from=1");
    return { ...answer, body: first ? onlyFirst(answer.body) : Buffer.from([0, 0]) };
  };

  const oldVault = ({ path, method }: Exchange): Answer | null =>
    method === "GET" && path === "/api/vault" ? (vaultBefore ?? null) : null;

  const serveOld = (replayVault: boolean): void =>
    instance.newsroom.hook({
      alter: (exchange, answer) =>
        oldList(exchange, answer) ?? (replayVault ? oldVault(exchange) : null),
    });

  beforeAll(async () => {
    instance = await startInstance();
    known = await openBrowser("chromium");
    desk = await known.open(instance.setupLink());
    founded = await setUpNewsroom(
      desk,
      { name: "Ada Admin", userName: "ada" },
      async () => undefined,
    );
    await press(desk, "Go to the inbox");
    const link = await invite(desk, "Ben");
    await press(desk, "Log out");
    await forgetCode(instance, founded.admin);
    await logIn(desk, founded.admin);
    vaultBefore = instance.newsroom.exchanges.findLast(({ path }) => path === "/api/vault")?.answer;
    colleagues = await openBrowser("chromium");
    const colleague = await colleagues.open(link);
    await join(colleague, { name: "Ben Muster", userName: "ben" }, async () => undefined);
    await press(desk, "People");
    await approve(desk, "Ben Muster", await wordsShown(colleague));
    await colleagues.close();
    fresh = await openBrowser("chromium");
  }, 240_000);

  afterAll(async () => {
    await known?.close();
    await fresh?.close();
    await instance?.close();
  });

  it.each([
    ["alone", false],
    ["with the vault of that time", true],
  ])(
    "is not renewed and nothing is signed: %s",
    async (name, replayVault) => {
      serveOld(replayVault);
      const from = instance.newsroom.exchanges.length;
      await press(desk, "Lock");
      await unlock(desk, founded.admin);
      await sees(desk, "does not fit what this browser has held before");
      await press(desk, "Keys");
      await press(desk, "Renew the list now");
      await sees(desk, "Nothing is signed");
      await picture(desk, String(name).replaceAll(" ", "-"));
      expect(signed(from)).toEqual([]);
      instance.newsroom.hook({});
    },
    60_000,
  );

  it("is shown name by name in a browser that never held one, and signed only after a yes", async () => {
    const from = instance.newsroom.exchanges.length;
    const page = await fresh.open(`${instance.newsroom.origin}/`);
    await forgetCode(instance, founded.admin);
    await logIn(page, founded.admin);
    await press(page, "Keys");
    await press(page, "Renew the list now");
    await sees(page, "Is this list of journalists right?");
    await sees(page, "Ben Muster");
    await picture(page, "asked");
    expect(signed(from)).toEqual([]);
    await press(page, "Yes, this list is right");
    await sees(page, "This browser holds the list now");
  }, 60_000);
});
