import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspecting } from "../support/barriers.ts";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import {
  backAt,
  createGallery,
  fill,
  find,
  paste,
  press,
  sees,
  tick,
  visibleText,
} from "../support/page.ts";
import { foundQuickly, openDesk } from "../support/quick-staff.ts";
import {
  BEN,
  type Founded,
  keepSheet,
  type Member,
  noPicture,
  takeFactor,
  takePassphrase,
  unlock,
  wordsShown,
} from "../support/staff-steps.ts";

/** Ada splits her recovery words among Ben and Cleo, loses everything, and gets it back by them. */
describe("recovery by colleagues", { timeout: 180_000 }, () => {
  const picture = createGallery("recovery");
  let instance: Instance;
  let browser: TestBrowser;
  let ada: Page;
  let ben: Page;
  let bensOther: Page;
  let cleo: Page;
  let founded: Founded;
  let members: readonly Member[];

  beforeAll(async () => {
    instance = await startInstance();
    browser = await openBrowser("chromium");
    const colleagues = [BEN, { name: "Cleo Sample", userName: "cleo" }];
    ({ founded, members } = await foundQuickly(instance, colleagues));
    ada = await openDesk(browser.openAlone, instance, founded.admin);
    const pages = members.map((member) => openDesk(browser.openAlone, instance, member));
    [ben, cleo] = (await Promise.all(pages)) as [Page, Page];
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await instance?.close();
  });

  /** Letters are collected by whoever comes back, and the page is opened anew. */
  const lookAtRecovery = async (page: Page): Promise<void> => {
    await backAt(page);
    await press(page, "Inbox");
    await press(page, "Recovery");
  };
  const look = inspecting(picture);

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
    await look(ada, "none");
    await press(ada, "Make shares");
    await paste(ada, "Your 24 recovery words", founded.newsroomWords.join(" "));
    await press(ada, "Split and send the shares");
    await sees(ada, "not the ones that count now");
    await fill(ada, "How many of them together", "3");
    await press(ada, "Split and send the shares");
    await sees(ada, "not more than you chose");
    await look(ada, "wrong-words");
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
    await look(ada, "rehearsed");
    await press(ben, "Recovery");
    await sees(ben, "Ada Admin: recovery words");
  });

  it("the newsroom words come together from shares, and are forgotten only after a question", async () => {
    await press(ada, "Make shares");
    await paste(ada, "The 24 newsroom words", founded.newsroomWords.join(" "));
    await press(ada, "Split and send the shares");
    await sees(ada, "2 shares are sent.", 60_000);
    for (const page of [ben, cleo]) {
      await lookAtRecovery(page);
      await sees(page, "Ada Admin: newsroom words");
    }
    await press(ada, "Ask for the shares");
    await sees(ada, "Everybody is asked.");
    for (const page of [ben, cleo]) {
      await lookAtRecovery(page);
      await press(page, "Give my share to Ada Admin…");
      await sees(page, "Give your share of the newsroom words to Ada Admin?");
      if (page === ben) await look(page, "newsroom-words-asked");
      await press(page, "Give it to Ada Admin");
      await sees(page, "Your share is sealed");
    }
    await lookAtRecovery(ada);
    await sees(ada, "Shares have come from");
    expect(await wordsShown(ada)).toEqual(founded.newsroomWords);
    await press(ada, "They are on paper: forget them here…");
    await sees(ada, "To see the words again, all who hold shares must be asked anew.");
    await look(ada, "collected");
    await press(ada, "Keep it here");
    expect(await wordsShown(ada)).toEqual(founded.newsroomWords);
    await press(ada, "They are on paper: forget them here…");
    await press(ada, "Forget it here");
    await sees(ada, "What was collected is forgotten here.");
    expect(await visibleText(ada)).not.toContain(founded.newsroomWords.slice(0, 3).join(" "));
  });

  /** It can be pressed again once the line is back, without opening the page anew. */
  const giveWithoutLine = async (): Promise<void> => {
    instance.newsroom.aim(1);
    await press(ben, "Give my share to Ada Admin");
    await sees(ben, "The server does not answer.");
    // What was asked for to draw it anew has failed as well by then.
    await find(ben, "button:not(:disabled)", "Give my share to Ada Admin");
    instance.newsroom.aim(instance.ports.newsroom);
  };

  it("recovery words alone set up a new app as well, and the admins see it", async () => {
    const [, member] = members as [Member, Member];
    await press(cleo, "Log out");
    await press(cleo, "I forgot my passphrase");
    await fill(cleo, "User name", member.userName);
    await fill(cleo, "Recovery words", member.recoveryWords.join(" "));
    await press(cleo, "I have lost this too");
    await look(cleo, "recover-lost");
    await press(cleo, "Open with the words");
    const authenticator = await takeFactor(cleo, "Open with the words", noPicture);
    await find(cleo, "h1", "New passphrase", 60_000);
    const passphrase = await takePassphrase(cleo);
    await press(cleo, "Go on");
    const recoveryWords = await keepSheet(cleo, "Your recovery words", noPicture);
    await sees(cleo, "Your new passphrase is set. Unlock with it.", 60_000);
    members = members.with(1, { ...member, authenticator, passphrase, recoveryWords });
    await unlock(cleo, members[1] as Member);
    await press(ada, "People");
    await sees(ada, "Cleo Sample set theirs anew with recovery words on");
    await picture(ada, "people-told");
  });

  /** Another tab of the same person still offers what was given. */
  const giveAgain = async (): Promise<void> => {
    await bensOther.bringToFront();
    await tick(bensOther, "I talked to them myself");
    await press(bensOther, "Give my share to Ada Admin");
    await sees(bensOther, "Your share is sealed");
    await sees(bensOther, "You have given your share.");
    await bensOther.close();
    await ben.bringToFront();
  };

  it("whoever has lost everything is told truly what is left, and asks", async () => {
    const lost = await browser.openAlone(instance.newsroom.origin);
    await press(lost, "I forgot my passphrase", 60_000);
    await press(lost, "I have lost my words too");
    await press(lost, "I gave nobody shares, or too few are left");
    await sees(lost, "What only you could read is lost.");
    await look(lost, "lost");
    const ask = async (): Promise<readonly string[]> => {
      await fill(lost, "User name", "ada");
      await press(lost, "Ask my colleagues");
      await sees(lost, "Nobody has given a share yet.");
      return wordsShown(lost);
    };
    const first = await ask();
    expect(first).toHaveLength(8);
    await press(lost, "Begin again…");
    await sees(lost, "Shares that were given so far are lost");
    await look(lost, "begin-again");
    await press(lost, "Go on waiting");
    expect(await wordsShown(lost)).toEqual(first);
    await press(lost, "Begin again…");
    await press(lost, "Begin again");
    const heard = await ask();
    expect(heard).not.toEqual(first);
    await look(lost, "waiting");
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
        bensOther = await ben.browserContext().newPage();
        await bensOther.goto(instance.newsroom.origin);
        await unlock(bensOther, members[0] as Member);
        await press(bensOther, "Recovery", 60_000);
        await sees(bensOther, "Somebody asks in the name of Ada Admin");
        await ben.bringToFront();
        await look(page, "asked");
        await giveWithoutLine();
      }
      await press(page, "Give my share to Ada Admin");
      await sees(page, "Your share is sealed");
    }
    await giveAgain();

    await sees(lost, "your words are together again", 60_000);
    await look(lost, "enough");
    await press(lost, "Go on with the words");
    await fill(lost, "Code from your app", await founded.admin.authenticator.code());
    await press(lost, "Open with the words");
    await find(lost, "h1", "New passphrase", 60_000);
    expect(await visibleText(lost)).not.toContain(
      founded.admin.recoveryWords.slice(0, 3).join(" "),
    );
  });
});
