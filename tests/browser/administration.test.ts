import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { desktop, openBrowser, type TestBrowser } from "../support/browsers.ts";
import { openTalk } from "../support/inbox-steps.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import {
  createGallery,
  fill,
  paste,
  press,
  pressAmong,
  sees,
  tick,
  visibleText,
} from "../support/page.ts";
import { openTwoDesks } from "../support/quick-staff.ts";
import { send, writeTip } from "../support/source-steps.ts";
import { type Founded, logIn, type Member, recover, unlock } from "../support/staff-steps.ts";
import { seeStrip } from "../support/timeline.ts";

/** What an admin does after the first day, and what sources and colleagues see of it. */
describe("running the newsroom", { timeout: 180_000 }, () => {
  const picture = createGallery("administration");
  let instance: Instance;
  let adasBrowser: TestBrowser;
  let bensBrowser: TestBrowser;
  let desk: Page;
  let bensDesk: Page;
  let founded: Founded;
  let ben: Member;

  beforeAll(async () => {
    instance = await startInstance();
    [adasBrowser, bensBrowser] = [await openBrowser("chromium"), await openBrowser("chromium")];
    ({ founded, ben, desk, bensDesk } = await openTwoDesks(instance, adasBrowser, bensBrowser));
  }, 240_000);
  afterAll(async () => {
    await adasBrowser?.close();
    await bensBrowser?.close();
    await instance?.close();
  });

  const asSource = async (work: (page: Page) => Promise<void>): Promise<void> => {
    const page = await adasBrowser.open(founded.link, desktop);
    await work(page);
    await page.close();
  };

  it("a test tip leads to the source's page by the ready link, in a tab of its own", async () => {
    await press(desk, "Our link");
    await sees(desk, "Send a test tip");
    const test = await desk.$eval("a[data-role=test]", (link) => {
      const { href, target } = link as HTMLAnchorElement;
      return { href, target };
    });
    expect(test).toEqual({ href: founded.link, target: "_blank" });
  });

  it("the keys page shows who has published keys for which weeks", async () => {
    await press(desk, "Keys");
    await sees(desk, "Messaging keys published");
    await sees(desk, "Ben Muster");
    for (const name of ["Ada Admin", "Ben Muster"]) {
      expect((await seeStrip(desk, name)).strip).toMatchObject({ now: 1, ahead: 13, gap: 0 });
    }
    await picture(desk, "keys");
  });

  it("a gap and keys that run out are shown, warned of before, and mended by that person's unlock", async () => {
    const thisPeriod = "floor(extract(epoch FROM now()) / 86400 / 7)::int";
    await instance.withDatabase(async (client) => {
      const bens = `(SELECT member_number FROM account WHERE user_name = 'ben')`;
      // What half a year of use leaves behind, and keys that a server has lost.
      await client.query(
        `INSERT INTO past_key SELECT ${bens}, 0, ${thisPeriod} - n, CASE n WHEN 9 THEN 'dropped' ELSE 'destroyed' END,
           (${thisPeriod} - n + 1) * 7 + 2 FROM generate_series(2, 10) AS n WHERE n <> 5`,
      );
      await client.query(
        `INSERT INTO messaging_key SELECT member_number, generation, ${thisPeriod} - 1, statement
         FROM messaging_key WHERE member_number = ${bens} ORDER BY period LIMIT 1`,
      );
      await client.query(
        `DELETE FROM messaging_key WHERE member_number = ${bens}
         AND (period > ${thisPeriod} + 6 OR period IN (${thisPeriod} + 2, ${thisPeriod} + 3))`,
      );
    });
    await press(desk, "Lock");
    await unlock(desk, founded.admin);
    await sees(desk, /Ben Muster: keys end on .* They must unlock before that/, 60_000);
    await press(desk, "Look at the keys");
    await sees(desk, /Gap from .*: no key/);
    await sees(desk, /Past gap, .*: there was no key/);
    const shown = await visibleText(desk);
    for (const words of [
      "Nothing was due at this unlock.",
      "keys destroyed, the last on",
      "1 key dropped",
      "1 key is over",
    ]) {
      expect(shown).toContain(words);
    }
    for (const value of ["light", "dark"]) {
      await desk.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
      expect(await seeStrip(desk, "Ben Muster")).toEqual({
        strip: { destroyed: 7, dropped: 1, kept: 1, now: 1, ahead: 4, gap: 3 },
        red: ["gap"],
      });
    }
    await desk.emulateMediaFeatures([]);
    await picture(desk, "keys-with-gaps");
    await press(bensDesk, "Lock");
    await unlock(bensDesk, ben);
    await sees(bensDesk, "keys published until", 60_000);
    await press(desk, "Lock");
    await unlock(desk, founded.admin);
    await press(desk, "Keys");
    await sees(desk, "Past gap");
    const mended = await visibleText(desk);
    expect([mended.includes("Gap from"), mended.includes("must unlock")]).toEqual([false, false]);
  });

  it("rotating a colleague's keys makes them unreachable until they unlock", async () => {
    await press(bensDesk, "Lock");
    await tick(desk, "Everybody's");
    await press(desk, "Rotate…");
    await sees(desk, "Rotate the messaging keys of Ada Admin and Ben Muster?");
    await press(desk, "Leave the keys as they are");
    await tick(desk, "Ada Admin");
    await press(desk, "Rotate…");
    await sees(desk, "Until they unlock next, sources cannot write to Ben Muster");
    await picture(desk, "rotate-asked");
    await press(desk, "Rotate now");
    await sees(desk, "The old keys are void");
    expect((await seeStrip(desk, "Ada Admin")).strip).toMatchObject({ now: 1, ahead: 13 });
    expect((await seeStrip(desk, "Ben Muster")).strip).toMatchObject({ now: 0, ahead: 0 });
    await picture(desk, "rotated");
    await asSource(async (page) => {
      await sees(page, /Ben Muster[^\n]*\n?[^\n]*not reachable now/);
      await picture(page, "source-sees-one-unreachable");
    });
    await unlock(bensDesk, ben);
    await sees(bensDesk, "No tips yet", 60_000);
    await asSource(async (page) => {
      await sees(page, "Ben Muster");
      await page.waitForFunction(() => !document.body.innerText.includes("not reachable now"));
    });
  });

  it("a pause closes the form with the newsroom's sentence, and its end opens it", async () => {
    await press(desk, "Settings");
    await tick(desk, "Take no new messages for now");
    await fill(desk, "What sources are told", "We are away until Monday.");
    await press(desk, "Sign and save");
    await sees(desk, "Saved and signed");
    await picture(desk, "paused");
    await asSource(async (page) => {
      await sees(page, "We are away until Monday.");
      await picture(page, "source-sees-pause");
    });
    await tick(desk, "Take no new messages for now");
    await press(desk, "Sign and save");
    await desk.waitForFunction(() => !document.body.innerText.includes("Intake is paused."));
    await asSource(async (page) => {
      await sees(page, "Ada Admin");
      expect(await visibleText(page)).toContain("Send sealed");
    });
  });

  it("a tip for both can be removed by one and read by the other", async () => {
    await asSource(async (page) => {
      await sees(page, "Ben Muster");
      await writeTip(page, { text: "For both of you." });
      await send(page);
    });
    await press(desk, "Inbox");
    await openTalk(desk, "For both of you.");
    await press(desk, "Remove my copy");
    await sees(desk, "Remove your copy of this conversation?");
    await picture(desk, "remove-asked");
    await pressAmong(desk, ".asking button.danger, .notice button.danger", "Remove my copy");
    await sees(desk, "is gone.");
    await openTalk(bensDesk, "For both of you.");
    await sees(bensDesk, "Can be read by Ada Admin and you.");
    await picture(bensDesk, "the-other-reads");
  });

  it("deleting for everybody takes it from the server", async () => {
    await pressAmong(bensDesk, "button.danger", "Delete for everybody");
    await sees(bensDesk, "Delete this conversation for everybody?");
    await picture(bensDesk, "delete-asked");
    await pressAmong(bensDesk, "button.danger.do", "Delete for everybody");
    await sees(bensDesk, "is deleted for everybody.");
    const { rows } = await instance.withDatabase((client) =>
      client.query<{ count: string }>("select count(*) from message"),
    );
    expect(rows[0]?.count).toBe("0");
  });

  it("a forgotten passphrase is replaced by the recovery words, and the old ones stop working", async () => {
    await press(bensDesk, "Log out");
    ben = await recover(bensDesk, ben, picture);
    await sees(bensDesk, "No tips yet", 60_000);
    await picture(bensDesk, "recovered");
  });

  it("a retired journalist is off the list and out of the desk at once", async () => {
    await press(desk, "People");
    await press(desk, "Retire…");
    await sees(desk, "Retire Ben Muster?");
    await picture(desk, "retire-asked");
    await press(desk, "Retire Ben Muster");
    await sees(desk, "Ben Muster is retired.");
    await picture(desk, "retired");
    await asSource(async (page) => {
      await sees(page, "Ada Admin");
      expect(await visibleText(page)).not.toContain("Ben Muster");
    });
    await bensDesk.reload();
    await sees(bensDesk, "Code from your app", 60_000);
    await fill(bensDesk, "User name", ben.userName);
    await fill(bensDesk, "Passphrase", ben.passphrase);
    await fill(bensDesk, "Code from your app", await ben.authenticator.code());
    await press(bensDesk, "Log in");
    await sees(bensDesk, "User name, passphrase or code is wrong.", 60_000);
    await picture(bensDesk, "retired-cannot-log-in");
  });

  it("my account opens even while one of its lists does not come", async () => {
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    instance.newsroom.hook({
      answered: async ({ path }) => {
        if (path === "/api/sessions") await held;
      },
    });
    await press(desk, "My account");
    await sees(desk, "One moment…");
    await sees(desk, "Ends your sessions in every browser", 20_000);
    expect(await visibleText(desk)).not.toContain("· this one");
    goOn();
    instance.newsroom.hook({});
    await sees(desk, "· this one");
  });

  it("leaving and coming back with passphrase and code keeps everything", async () => {
    await press(desk, "Log out");
    await logIn(desk, founded.admin);
    await press(desk, "Our link");
    await sees(desk, founded.link);
    await press(desk, "My account");
    await picture(desk, "account");
    await press(desk, "Log out everywhere");
    await press(desk, "Log out of every browser");
    await sees(desk, "You are logged out everywhere.");
    await paste(desk, "User name", "nobody-knows-me");
    await picture(desk, "logged-out");
  });
});
