import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromBase64url } from "../../src/protocol/public/bytes.ts";
import type { NewsroomPublicKey } from "../../src/protocol/public/crypto.ts";
import { fingerprintWords } from "../../src/protocol/public/words.ts";
import { inspecting } from "../support/barriers.ts";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { backAt, createGallery, find, paste, press, sees, visibleText } from "../support/page.ts";
import { qrOf, qrShown } from "../support/printed-qr.ts";
import { openTwoDesks } from "../support/quick-staff.ts";
import { isRed } from "../support/red.ts";
import { send, writeTip } from "../support/source-steps.ts";
import {
  type Founded,
  keepSheet,
  logIn,
  type Member,
  noPicture,
  typeAsked,
  unlock,
  wordsShown,
} from "../support/staff-steps.ts";
import { sodium } from "../vectors/backends.ts";

/** The twelve words of the key that a link names. */
const wordsOfLink = (link: string): readonly string[] => {
  const key = fromBase64url(link.split("#")[1] ?? "") as NewsroomPublicKey;
  return fingerprintWords(sodium, key);
};

const KNOWN = "is known to somebody who should not have it any more: Ben Muster";

/** Two admins, their newsroom's key, and sources with links of every age. */
describe("the newsroom's key", { timeout: 180_000 }, () => {
  const gallery = createGallery("newsroom-key");
  let instance: Instance;
  let browser: TestBrowser;
  let bensBrowser: TestBrowser;
  let desk: Page;
  let bensDesk: Page;
  let founded: Founded;
  let ben: Member;
  /** Of the newest sheet. */
  let sheet: readonly string[];
  const links: string[] = [];

  beforeAll(async () => {
    instance = await startInstance();
    [browser, bensBrowser] = [await openBrowser("chromium"), await openBrowser("chromium")];
    ({ founded, ben, desk, bensDesk } = await openTwoDesks(instance, browser, bensBrowser));
    sheet = founded.newsroomWords;
    links.push(founded.link);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await bensBrowser?.close();
    await instance?.close();
  });

  const picture = inspecting(gallery);

  const text = (role: string): Promise<string> =>
    desk.$eval(`[data-role="${role}"]`, (part) => part.textContent ?? "");

  /** By whatever way somebody takes it from the page. */
  const isForPrint = async (link: string): Promise<void> => {
    await sees(desk, link);
    expect([await text("link"), await text("sheet-link")]).toEqual([link, link]);
    expect(await qrShown(desk)).toBe(qrOf(link));
    expect(await wordsShown(desk)).toEqual(wordsOfLink(link));
  };

  const ASKED = "New newsroom words";
  const keep = () => keepSheet(desk, ASKED, noPicture);

  /** The last third of the sheet was not written down: one of the three words is wrong, and nothing goes on. */
  const keepBadly = async (): Promise<readonly string[]> => {
    await find(desk, "h1", ASKED, 60_000);
    const words = await wordsShown(desk);
    await press(desk, "I have written them down");
    await sees(desk, "Look at your sheet and type these three words");
    await typeAsked(desk, [...words.slice(0, 16), ...Array<string>(8).fill("wrong")]);
    await press(desk, "Check");
    await sees(desk, "Not the word on your sheet.");
    const marked = await desk.$$eval('[aria-invalid="true"]', (fields) => fields.length);
    expect(marked).toBe(1);
    await picture(desk, "wrong-word");
    await typeAsked(desk, words);
    await press(desk, "Check");
    return words;
  };

  const change = async (button: string, title: string, keeping = keep): Promise<void> => {
    await press(desk, "Keys");
    await press(desk, button);
    await find(desk, "h1", title);
    await paste(desk, "Newsroom words now", sheet.join(" "));
    await press(desk, "Check the words");
    sheet = await keeping();
    await sees(desk, "Nothing has changed so far");
    await press(desk, "Change the newsroom's key");
    await sees(desk, "The newsroom has a new key", 60_000);
    links.push(await text("link"));
  };

  const asSource = async <T>(link: string, work: (page: Page) => Promise<T>): Promise<T> => {
    const page = await browser.open(link);
    await sees(page, "Who will read this");
    await sees(page, "Check it is really us", 60_000);
    const done = await work(page);
    await page.close();
    return done;
  };

  it("goes to a colleague who is made an admin, at their next unlock", async () => {
    await press(bensDesk, "Log out");
    await press(desk, "People");
    await press(desk, "Make admin…");
    await sees(desk, "It cannot be called back");
    await picture(desk, "make-admin");
    await press(desk, "Make Ben Muster an admin");
    await sees(desk, "The newsroom's key is on its way");
    await picture(desk, "on-its-way");
    await logIn(bensDesk, ben);
    await press(bensDesk, "Keys");
    await find(bensDesk, "button", "Change the key…", 60_000);
    await press(desk, "Keys");
    await press(desk, "People");
    await sees(desk, "Take admin rights away…");
    expect(await visibleText(desk)).not.toContain("on its way");
  });

  it("is changed only with the newest sheet of newsroom words", async () => {
    await press(desk, "Keys");
    await press(desk, "Change the key…");
    await sees(desk, "The new key goes by itself, sealed, to Ben Muster");
    await picture(desk, "change");
    await paste(desk, "Newsroom words now", founded.admin.recoveryWords.join(" "));
    await press(desk, "Check the words");
    await sees(desk, "These are not the words of the newsroom's newest sheet");
    await press(desk, "Change nothing");
    await find(desk, "h1", "Keys");
  });

  it("is another after the change, and the newsroom has a new link to print", async () => {
    await press(desk, "Our link");
    await isForPrint(founded.link);
    await change("Change the key…", "Change the newsroom's key", keepBadly);
    await picture(desk, "changed");
    expect(links[1]).not.toBe(links[0]);
    await isForPrint(links[1] ?? "");
    await press(desk, "To the desk");
    await sees(desk, "when it took over from the one before");
    await picture(desk, "keys");
    await press(desk, "Our link");
    await isForPrint(links[1] ?? "");
  });

  it("reaches the other admin by itself, who then signs the list of journalists", async () => {
    await press(bensDesk, "Log out");
    await logIn(bensDesk, ben);
    await press(bensDesk, "Keys");
    await press(bensDesk, "Renew the list now", 60_000);
    await sees(bensDesk, "The list of journalists is renewed", 60_000);
  });

  it("lets sources write by the old link and by the new one, and says nothing alarming", async () => {
    for (const [at, link] of links.entries()) {
      const text = await asSource(link, async (page) => {
        await writeTip(page, { text: `By link number ${at}` });
        const shown = await visibleText(page);
        await send(page);
        return shown;
      });
      expect(text).not.toContain("We have a new key");
    }
    await press(desk, "Inbox");
    await backAt(desk);
    await sees(desk, "By link number 0", 60_000);
    await sees(desk, "By link number 1", 60_000);
  });

  it("shows the words in print from before beside the newest ones", async () => {
    const page = await browser.open(links[0] ?? "");
    await press(page, "Check it is really us", 60_000);
    await sees(page, founded.fingerprint.join(" "));
    await sees(page, "names our key before this one");
    await picture(page, "source-words");
    await page.close();
  });

  it("has a red notice after an admin's rights are taken away", async () => {
    await press(desk, "People");
    await press(desk, "Take admin rights away…");
    await press(desk, "Take Ben Muster's rights away");
    await sees(desk, KNOWN, 60_000);
    await picture(desk, "known");
    await press(desk, "Lock");
    await unlock(desk, founded.admin);
    await sees(desk, KNOWN, 60_000);
    const colours = await desk.$$eval(
      ".notice",
      (notices, words) =>
        notices
          .filter((notice) => notice.textContent?.includes(words))
          .map((notice) => getComputedStyle(notice).borderInlineStartColor),
      KNOWN,
    );
    expect(colours.map(isRed)).toEqual([true]);
  });

  it("is not changed by an admin who has not seen the newest list of journalists", async () => {
    await press(desk, "Keys");
    await press(desk, "The key may be stolen…");
    await sees(desk, "First confirm the list of journalists above");
    await press(desk, "Yes, this list is right");
    await sees(desk, "This browser holds the list now.");
  });

  it("takes the notice away once it is given up as stolen, and warns who comes by an older link", async () => {
    await change("The key may be stolen…", "The newsroom's key may be stolen");
    await picture(desk, "stolen");
    expect(new Set(links).size).toBe(3);
    await isForPrint(links[2] ?? "");
    await press(desk, "To the desk");
    await sees(desk, "the one before was given up as stolen");
    expect(await visibleText(desk)).not.toContain(KNOWN);
    for (const [link, warned] of [
      [links[0], true],
      [links[1], true],
      [links[2], false],
    ] as const) {
      const page = await browser.open(link ?? "");
      await sees(page, "Check it is really us", 60_000);
      expect((await visibleText(page)).includes("We have a new key")).toBe(warned);
      await press(page, "Check it is really us");
      await sees(page, new RegExp(wordsOfLink(links[2] ?? "").join("\\s+")));
      if (link === links[0]) await picture(page, "source-stolen");
      await page.close();
    }
    const arabic = links[0]?.replace("/#", "/ar/#") ?? "";
    const page = await browser.open(arabic);
    await sees(page, "لدينا مفتاح جديد", 60_000);
    await gallery(page, "source-stolen-ar");
    await page.close();
  });

  it("is nothing that a journalist could change", async () => {
    await press(bensDesk, "Log out");
    await logIn(bensDesk, ben);
    await press(bensDesk, "Keys");
    await sees(bensDesk, "Its twelve words");
    await sees(bensDesk, "The newsroom's key was given up as stolen.", 60_000);
    await picture(bensDesk, "colleague-told");
    expect(await visibleText(bensDesk)).not.toContain("Change the key…");
  });
});
