import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspecting } from "../support/barriers.ts";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { savedFile } from "../support/files.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import {
  choose,
  createGallery,
  fill,
  find,
  paste,
  press,
  sees,
  tick,
  visibleText,
} from "../support/page.ts";
import { openTwoDesks } from "../support/quick-staff.ts";
import {
  keepSheet,
  logIn,
  type Member,
  noPicture,
  takeFactor,
  takePassphrase,
  unlock,
  wordsShown,
} from "../support/staff-steps.ts";
import { addVirtualPasskey, type VirtualPasskey } from "../support/virtual-passkey.ts";

const slowMs = 60_000;

/** Everything by which one signs in, beside a passphrase and an app's code. */
describe("signing in", { timeout: 180_000 }, () => {
  const picture = createGallery("signin");
  const look = inspecting(picture);
  let instance: Instance;
  let browser: TestBrowser;
  let bensBrowser: TestBrowser;
  let desk: Page;
  let bensDesk: Page;
  let ada: Member;
  let ben: Member;
  let codes: readonly string[] = [];
  let passkey: VirtualPasskey;

  beforeAll(async () => {
    instance = await startInstance();
    [browser, bensBrowser] = [await openBrowser("chromium"), await openBrowser("chromium")];
    const opened = await openTwoDesks(instance, browser, bensBrowser);
    ({ ben, desk, bensDesk } = opened);
    ada = opened.founded.admin;
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await bensBrowser?.close();
    await instance?.close();
  });

  const account = async (page = desk): Promise<void> => {
    await press(page, "My account");
    await sees(page, "Where you are logged in");
  };
  const inside = (page = desk) => find(page, "button", "Log out", slowMs);
  const confirm = async (button: string): Promise<void> => {
    await fill(desk, "Passphrase now", ada.passphrase);
    await press(desk, button);
  };
  const logOut = async (page = desk): Promise<void> => {
    await press(page, "Log out");
    await sees(page, "I forgot my passphrase");
  };
  const typeName = async (page = desk, { userName, passphrase } = ada): Promise<void> => {
    await fill(page, "User name", userName);
    await fill(page, "Passphrase", passphrase);
  };
  const typeCard = async (card: readonly string[]): Promise<void> => {
    await press(desk, "I use a device secret");
    await paste(desk, "The 24 words of your card", card.join(" "));
  };
  it("ten recovery codes are made, shown once, and one of them logs in", async () => {
    await account();
    await sees(desk, "0 codes left.");
    await look(desk, "account");
    await press(desk, "Make ten new codes…");
    await picture(desk, "confirm");
    await confirm("Go on");
    await find(desk, "ol.codes li", "0-", slowMs);
    codes = await desk.$$eval("ol.codes li", (items) =>
      items.map((item) => item.textContent ?? ""),
    );
    expect(codes).toHaveLength(10);
    expect(codes[3]).toMatch(/^3(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
    await look(desk, "codes");
    await press(desk, "I have them on paper: use these");
    await sees(desk, "Your ten new recovery codes count from now on.");
    await sees(desk, "10 codes left.");
    await logOut();
    await typeName();
    await press(desk, "Use a recovery code");
    await fill(desk, "Recovery code", "12");
    await press(desk, "Log in");
    await sees(desk, "A recovery code is a digit and twelve letters or digits.");
    // As somebody types it who reads a zero as the letter.
    await fill(desk, "Recovery code", (codes[3] ?? "").toLowerCase().replaceAll("0", "o"));
    await picture(desk, "login-code");
    await press(desk, "Log in");
    await inside();
    await account();
    await sees(desk, "9 codes left.");
    await sees(desk, "Passphrase and recovery code · this one");
  });

  it("a passkey is added, and is a second factor beside the passphrase", async () => {
    passkey = await addVirtualPasskey(desk, { hasPrf: true });
    await press(desk, "Add a passkey…");
    await fill(desk, "A name for it", "Blue key");
    await picture(desk, "add-passkey");
    await confirm("Make the passkey");
    await sees(desk, 'Unlock with "Blue key" alone?', slowMs);
    expect(await passkey.count()).toBe(1);
    await look(desk, "passkey-door");
    await press(desk, "Only as second factor");
    await sees(desk, "The passkey is added.");
    await sees(desk, "second factor only");
    await logOut();
    await typeName();
    await press(desk, "Use a passkey");
    await picture(desk, "login-passkey");
    await press(desk, "Log in");
    await inside();
  });

  it("alone it opens nothing before its owner has said so", async () => {
    await logOut();
    await fill(desk, "User name", ada.userName);
    await press(desk, "Log in with a passkey alone");
    await sees(desk, "This passkey does not open this account alone.", slowMs);
    await picture(desk, "passkey-not-alone");
    await fill(desk, "Passphrase", ada.passphrase);
    await press(desk, "Use a passkey");
    await press(desk, "Log in");
    await inside();
    await account();
    await press(desk, "Let it unlock alone…");
    await press(desk, "Let it unlock alone");
    await sees(desk, "The passkey now unlocks alone.", slowMs);
  });

  it("then it unlocks and logs in without the passphrase", async () => {
    await press(desk, "Lock");
    await sees(desk, "Signed in as ada");
    await find(desk, "button", "Unlock with a passkey");
    await picture(desk, "unlock-passkey");
    await press(desk, "Unlock with a passkey");
    await inside();
    await logOut();
    await fill(desk, "User name", ada.userName);
    await press(desk, "Log in with a passkey alone");
    await inside();
    await account();
    await sees(desk, "Passkey alone · this one");
    await look(desk, "account-with-passkey");
  });

  it("one whose device cannot calculate stays a second factor, and says why it opens nothing alone", async () => {
    const simple = await addVirtualPasskey(bensDesk, { hasPrf: false });
    await account(bensDesk);
    await press(bensDesk, "Add a passkey…");
    await fill(bensDesk, "A name for it", "Old key");
    await fill(bensDesk, "Passphrase now", ben.passphrase);
    await press(bensDesk, "Make the passkey");
    // Without a question whether it may unlock alone.
    await sees(bensDesk, "The passkey is added.", slowMs);
    expect(await simple.count()).toBe(1);
    await press(bensDesk, "Let it unlock alone…");
    await press(bensDesk, "Let it unlock alone");
    await sees(bensDesk, "This passkey's device cannot open your keys.", slowMs);
    await look(bensDesk, "passkey-cannot");
    await press(bensDesk, "Only as second factor");
    await logOut(bensDesk);
    await typeName(bensDesk, ben);
    await press(bensDesk, "Use a passkey");
    await press(bensDesk, "Log in");
    await inside(bensDesk);
    await account(bensDesk);
    await sees(bensDesk, "Passphrase and passkey · this one");
    await press(bensDesk, "Inbox");
  });

  it("with a new passphrase it is a second factor again, until it is allowed anew", async () => {
    await fill(desk, "Passphrase now", ada.passphrase);
    await press(desk, "Choose a new one");
    await find(desk, "h1", "New passphrase", slowMs);
    const passphrase = await takePassphrase(desk);
    await press(desk, "Go on");
    const recoveryWords = await keepSheet(desk, "Your recovery words", noPicture);
    await sees(desk, "Your new passphrase is set. Unlock with it.", slowMs);
    ada = { ...ada, passphrase, recoveryWords };
    await unlock(desk, ada);
    await account();
    await sees(desk, "second factor only");
    await press(desk, "Let it unlock alone…");
    await press(desk, "Let it unlock alone");
    await sees(desk, "The passkey now unlocks alone.", slowMs);
  });

  it("a session in another browser is listed and ended from here", async () => {
    const other = await browser.openAlone(instance.newsroom.origin);
    await logIn(other, ada);
    await press(desk, "Inbox");
    await account();
    await sees(desk, "Passphrase and app");
    await press(desk, "End…");
    await press(desk, "End this session");
    await sees(desk, "That session has ended.");
    await other.reload();
    await sees(other, "I forgot my passphrase", slowMs);
    await other.browserContext().close();
  });

  it("a device secret is asked from then on, and the passphrase alone is not enough", async () => {
    await fill(desk, "Passphrase", ada.passphrase);
    await press(desk, "Turn it on");
    await find(desk, "h1", "Device secret", slowMs);
    await desk.waitForSelector("ol.words li");
    const card = await wordsShown(desk);
    expect(card).toHaveLength(24);
    await look(desk, "device-card");
    await press(desk, "Save as a file");
    await press(desk, "I have it");
    const recoveryWords = await keepSheet(desk, "Your recovery words", noPicture);
    ada = { ...ada, recoveryWords };
    await sees(desk, "The device secret is on", slowMs);
    await fill(desk, "Passphrase", ada.passphrase);
    await press(desk, "Unlock");
    await sees(desk, "If you use a device secret, check that too.", slowMs);
    await typeCard(card);
    await tick(desk, "Keep it in this browser");
    await look(desk, "unlock-device");
    await press(desk, "Unlock");
    await inside();
    await press(desk, "Lock");
    await sees(desk, "The device secret kept in this browser is used.");
    await press(desk, "Forget it here…");
    await sees(desk, "Then nobody opens your vault here without its card or file.");
    await look(desk, "forget-device");
    await press(desk, "Keep it here");
    await unlock(desk, ada);
    await account();
    await sees(desk, "It is on.");
    await press(desk, "Lock");
    await press(desk, "Forget it here…");
    await press(desk, "Forget it here");
    await fill(desk, "Passphrase", ada.passphrase);
    await press(desk, "Unlock");
    await sees(desk, "If you use a device secret, check that too.", slowMs);
    await typeCard(card);
    await press(desk, "Unlock");
    await inside();
  });

  it("its file opens the vault in a browser that was never used", async () => {
    const other = await browser.openAlone(instance.newsroom.origin);
    await press(other, "I use a device secret", slowMs);
    await choose(other, [import.meta.filename]);
    await press(other, "Log in");
    await sees(other, "There must be 24 words.");
    await choose(other, [await savedFile(browser.downloads, "device-secret.txt")]);
    await look(other, "login-device-file");
    await logIn(other, ada);
    await other.browserContext().close();
  });

  it("an admin resets a colleague's second factor, who comes back with passphrase and a new app", async () => {
    await press(desk, "People");
    await press(desk, "Reset second factor…");
    await sees(desk, "Reset the second factor of Ben Muster?");
    await look(desk, "reset-asked");
    await press(desk, "Log them out and make the link");
    await sees(desk, "Link for Ben Muster");
    await look(desk, "reset-link");
    const link = await desk.$eval('[data-role="reset-link"]', (part) => part.textContent ?? "");
    await bensDesk.reload();
    await sees(bensDesk, "I forgot my passphrase", slowMs);
    await bensDesk.goto("about:blank");
    await bensDesk.goto(link);
    await sees(bensDesk, "A colleague has made this link for you.", slowMs);
    await typeName(bensDesk, ben);
    await picture(bensDesk, "reset-who");
    await press(bensDesk, "Go on");
    const authenticator = await takeFactor(bensDesk, "Log in with the new app", noPicture);
    await inside(bensDesk);
    ben = { ...ben, authenticator };
    await press(desk, "Inbox");
    await press(desk, "People");
    await sees(desk, "Ben Muster set theirs anew on");
    expect(await visibleText(desk)).not.toContain("Something went wrong");
  });
});
