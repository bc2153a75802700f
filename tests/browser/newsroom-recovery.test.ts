import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { desktop, openBrowser, type TestBrowser } from "../support/browsers.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import {
  createGallery,
  fill,
  find,
  inEveryLight,
  paste,
  press,
  sees,
  tick,
  visibleText,
} from "../support/page.ts";
import { foundQuickly, openDesk } from "../support/quick-staff.ts";
import { BEN, type Founded, type Member, unlock, wordsShown } from "../support/staff-steps.ts";

/** Ada splits her recovery words among Ben and Cleo, loses everything, and gets it back by them. */
describe("recovery by colleagues", { timeout: 180_000 }, () => {
  const picture = createGallery("recovery");
  let instance: Instance;
  let browser: TestBrowser;
  let ada: Page;
  let ben: Page;
  let cleo: Page;
  let founded: Founded;
  let members: readonly Member[];

  /** Somebody else's browser: nothing in it is anybody else's. */
  const otherBrowser = async (url: string): Promise<Page> => {
    const context = await browser.browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport(desktop);
    await page.goto(url);
    return page;
  };

  beforeAll(async () => {
    instance = await startInstance();
    browser = await openBrowser("chromium");
    const colleagues = [BEN, { name: "Cleo Sample", userName: "cleo" }];
    ({ founded, members } = await foundQuickly(instance, colleagues));
    ada = await openDesk(otherBrowser, instance, founded.admin);
    const pages = members.map((member) => openDesk(otherBrowser, instance, member));
    [ben, cleo] = (await Promise.all(pages)) as [Page, Page];
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await instance?.close();
  });

  const inBothLights = inEveryLight(picture);

  /** Their browsers take letters when they unlock. */
  const unlockAgain = async (page: Page, member: Member | undefined): Promise<void> => {
    if (member === undefined) throw new Error("nobody");
    await press(page, "Lock");
    await unlock(page, member);
    await sees(page, "No tips yet", 60_000);
  };

  it("words are split only when they are the right ones", async () => {
    await press(ada, "Recovery");
    await sees(ada, "No shares yet");
    await inBothLights(ada, "none");
    await press(ada, "Make shares");
    await paste(ada, "Your 24 recovery words", founded.newsroomWords.join(" "));
    await press(ada, "Split and send the shares");
    await sees(ada, "not the ones that count now");
    await fill(ada, "How many of them together", "3");
    await press(ada, "Split and send the shares");
    await sees(ada, "not more than you chose");
    await inBothLights(ada, "wrong-words");
    await fill(ada, "How many of them together", "2");
    await paste(ada, "Your 24 recovery words", founded.admin.recoveryWords.join(" "));
    await press(ada, "Split and send the shares");
    await sees(ada, "2 shares are sent.", 60_000);
    await sees(ada, "Sent, not kept yet");
  });

  it("holders keep and prove their shares at their next unlock", async () => {
    await unlockAgain(ben, members[0]);
    await press(ada, "Look again");
    await sees(ada, "Keeps it since");
    await press(ada, "Rehearse");
    await sees(ada, "Everybody is asked.");
    await unlockAgain(ben, members[0]);
    await unlockAgain(cleo, members[1]);
    await press(ada, "Look again");
    await sees(ada, "The words would come back.");
    expect(await visibleText(ada)).toContain("2 have proved theirs, 2 are needed");
    await inBothLights(ada, "rehearsed");
    await press(ben, "Recovery");
    await sees(ben, "Ada Admin: recovery words");
  });

  /** It can be pressed again once the line is back, without opening the page anew. */
  const giveWithoutLine = async (): Promise<void> => {
    instance.newsroom.aim(1);
    await press(ben, "Give my share to Ada Admin");
    await sees(ben, "The server does not answer.");
    instance.newsroom.aim(instance.ports.newsroom);
  };

  it("whoever has lost everything is told truly what is left, and asks", async () => {
    const lost = await otherBrowser(instance.newsroom.origin);
    await press(lost, "I forgot my passphrase", 60_000);
    await press(lost, "I have lost my words too");
    await press(lost, "I gave nobody shares, or too few are left");
    await sees(lost, "What only you could read is lost.");
    await inBothLights(lost, "lost");
    await fill(lost, "User name", "ada");
    await press(lost, "Ask my colleagues");
    await sees(lost, "Nobody has given a share yet.");
    const heard = await wordsShown(lost);
    expect(heard).toHaveLength(8);
    await inBothLights(lost, "waiting");
    await press(ada, "Log out");

    for (const [page, member] of [[ben, members[0]] as const, [cleo, members[1]] as const]) {
      await unlockAgain(page, member);
      await sees(page, "A colleague who has lost everything asks", 60_000);
      await press(page, "Recovery");
      await sees(page, "Somebody asks in the name of Ada Admin");
      expect(await wordsShown(page)).toEqual(heard);
      await press(page, "Give my share to Ada Admin");
      await sees(page, "Compare the words first");
      await tick(page, "I talked to them myself");
      if (page === ben) {
        await inBothLights(page, "asked");
        await giveWithoutLine();
      }
      await press(page, "Give my share to Ada Admin");
      await sees(page, "Your share is sealed");
    }

    await sees(lost, "your words are together again", 60_000);
    await inBothLights(lost, "enough");
    await press(lost, "Go on with the words");
    await fill(lost, "Code from your app", await founded.admin.authenticator.code());
    await press(lost, "Open with the words");
    await find(lost, "h1", "New passphrase", 60_000);
    expect(await visibleText(lost)).not.toContain(
      founded.admin.recoveryWords.slice(0, 3).join(" "),
    );
  });
});
