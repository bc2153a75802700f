import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openBundle, parseBundle } from "../../src/protocol/public/bundle.ts";
import { recipientsOn } from "../../src/protocol/public/messaging-key.ts";
import { currentMembers } from "../../src/protocol/public/roster.ts";
import { dayOf } from "../../src/protocol/public/time.ts";
import { desktop, openBrowser, phone, type TestBrowser } from "../support/browsers.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { createGallery, fill, find, press, sees, tick, visibleText } from "../support/page.ts";
import { forgetCode } from "../support/quick-staff.ts";
import {
  approve,
  type Founded,
  invite,
  join,
  keepSheet,
  logIn,
  type Member,
  noPicture,
  setUpNewsroom,
  unlock,
  wordsShown,
} from "../support/staff-steps.ts";
import { sodium } from "../vectors/backends.ts";

/** What every source is told just now. */
const toldToSources = async (instance: Instance) => {
  const response = await fetch(`${instance.source.origin}/api/newsroom`);
  const bundle = parseBundle(new Uint8Array(await response.arrayBuffer()));
  const { roster, settings } = openBundle(sodium, bundle);
  const today = dayOf(Date.now());
  const reachable = recipientsOn(sodium, bundle.messagingKeys, { roster, today })
    .recipients.filter(({ messaging }) => messaging !== null)
    .map(({ entry }) => entry.name);
  const stolen = roster.entries.filter(({ state }) => state === "stolen").map(({ name }) => name);
  return { names: currentMembers(roster).map(({ name }) => name), stolen, reachable, settings };
};

/** In megabytes. */
const LIMITS = `SELECT unclaimed_bytes::float8 / 1e6 AS unclaimed, text_reserve_bytes::float8 / 1e6 AS reserve
  FROM intake_ceilings`;

const laterBy = (page: Page, minutes: number): Promise<void> =>
  page.evaluate((milliseconds) => {
    const real = Date.now;
    Date.now = () => real() + milliseconds;
  }, minutes * 60_000);

/** In Firefox; `administration.test.ts` does the like in Chromium. */
describe("people and keys", { timeout: 180_000 }, () => {
  const picture = createGallery("people-firefox");
  let instance: Instance;
  let admins: TestBrowser;
  let colleagues: TestBrowser;
  let desk: Page;
  let colleague: Page;
  let founded: Founded;
  let ben: Member;

  beforeAll(async () => {
    instance = await startInstance();
    admins = await openBrowser("firefox");
    colleagues = await openBrowser("firefox");
    desk = await admins.open(instance.setupLink(), desktop);
    founded = await setUpNewsroom(desk, { name: "Ada Admin", userName: "ada" }, picture);
    await press(desk, "Go to the inbox");
  }, 240_000);

  afterAll(async () => {
    await admins?.close();
    await colleagues?.close();
    await instance?.close();
  });

  it("takes the link's secret out of the address bar", async () => {
    const link = await invite(desk, "Ben");
    await picture(desk, "invited");
    colleague = await colleagues.open(link, phone);
    await sees(colleague, "You were invited to read tips", 60_000);
    expect(await colleague.evaluate(() => location.href)).toBe(`${instance.newsroom.origin}/`);
  });

  it("rates an own passphrase while it is typed, and takes none that is easy to guess", async () => {
    const weak = "liverpool2024";
    await sees(colleague, "It stays public for good");
    await fill(colleague, "Your name, as sources see it", "Ben Muster");
    await fill(colleague, "User name", "ben");
    await fill(colleague, "Passphrase", weak);
    await sees(colleague, /oo easy to guess/);
    await fill(colleague, "Passphrase once more", weak);
    await press(colleague, "Go on");
    await sees(colleague, "That is too easy to guess.");
    await picture(colleague, "easy-to-guess");
  });

  it("tells sources nothing of a colleague before an admin has signed", async () => {
    ben = await join(colleague, { name: "Ben Muster", userName: "ben" }, picture);
    expect((await toldToSources(instance)).names).toEqual(["Ada Admin"]);
  });

  it("signs only after the words were said to be the same", async () => {
    await press(desk, "People");
    await sees(desk, "Ben Muster has answered the invitation", 60_000);
    await press(desk, "Approve Ben Muster");
    await sees(desk, "Compare the words first");
    await picture(desk, "not-compared");
    expect((await toldToSources(instance)).names).toEqual(["Ada Admin"]);
  });

  it("makes both reachable once the words were compared", async () => {
    await approve(desk, "Ben Muster", await wordsShown(colleague));
    await find(colleague, "button", "Log out", 60_000);
    await sees(colleague, "keys published until");
    await picture(colleague, "colleague");
    expect((await toldToSources(instance)).reachable).toEqual(["Ada Admin", "Ben Muster"]);
  });

  it("locks after a quarter of an hour without a sign of life and asks the passphrase only", async () => {
    await laterBy(colleague, 16);
    await sees(colleague, "Locked after a quarter of an hour", 40_000);
    await picture(colleague, "locked");
    const text = await visibleText(colleague);
    expect([text.includes("Code from your app"), text.includes("keys published")]).toEqual([
      false,
      false,
    ]);
    await unlock(colleague, ben);
  });

  it("says before a rotation who will be unreachable, and then it is so", async () => {
    await press(colleague, "Log out");
    await press(desk, "Keys");
    await tick(desk, "Ada Admin");
    await tick(desk, "Ben Muster");
    await press(desk, "Rotate…");
    await sees(desk, "Until they unlock next, sources cannot write to Ben Muster.");
    await picture(desk, "rotate");
    await press(desk, "Rotate now");
    await sees(desk, "The old keys are void");
    expect((await toldToSources(instance)).reachable).toEqual(["Ada Admin"]);
  });

  it("brings new keys at that journalist's next unlock", async () => {
    await forgetCode(instance, ben);
    await logIn(colleague, ben);
    await sees(colleague, "keys published until");
    expect((await toldToSources(instance)).reachable).toEqual(["Ada Admin", "Ben Muster"]);
  });

  it("tells sources of a pause in the newsroom's own, signed words", async () => {
    await press(desk, "Settings");
    await tick(desk, "Take no new messages for now");
    await fill(desk, "What sources are told", "Back on Monday.");
    await press(desk, "Sign and save");
    await sees(desk, "Saved and signed");
    await picture(desk, "settings");
    expect((await toldToSources(instance)).settings.pauseSentence).toBe("Back on Monday.");
  });

  it("takes back nothing that another tab has saved, and says where both have written", async () => {
    /** What was said of an earlier save may still stand on the page. */
    const signed = async (page: Page, settings: object): Promise<void> => {
      await vi.waitFor(
        async () => expect((await toldToSources(instance)).settings).toMatchObject(settings),
        { timeout: 30_000, interval: 100 },
      );
      // This browser has still to hold what it has signed: another tab of it would ask about the list.
      await page.waitForFunction(() => document.querySelector("form[aria-busy]") === null);
    };
    const other = await admins.open(`${instance.newsroom.origin}/`, phone);
    await unlock(other, founded.admin);
    await press(other, "Settings");
    await sees(other, "Page title");
    await fill(desk, "Another way to reach you", "Call 555.");
    await fill(desk, "Page title", "Notes");
    await press(desk, "Sign and save");
    await signed(desk, { otherContact: "Call 555.", pageTitle: "Notes" });
    await fill(other, "Newsroom's name", "The Herald");
    await fill(other, "Page title", "Diary");
    await press(other, "Sign and save");
    await sees(other, "so nothing was saved");
    await sees(other, "Page title: Changed elsewhere too, to: Notes");
    await picture(other, "settings-changed-elsewhere");
    await press(other, "Sign and save");
    await signed(other, {
      newsroomName: "The Herald",
      pageTitle: "Diary",
      otherContact: "Call 555.",
      pauseSentence: "Back on Monday.",
    });
    await press(desk, "Settings");
    await fill(desk, "What sources are told", "Back on Tuesday.");
    await press(desk, "Sign and save");
    await signed(desk, { pauseSentence: "Back on Tuesday." });
    await tick(other, "Take no new messages for now");
    await press(other, "Sign and save");
    await sees(other, "Take no new messages for now: Changed elsewhere too, to: Back on Tuesday.");
    await press(other, "Sign and save");
    await signed(other, { pauseSentence: "" });
    await other.close();
  });

  it("takes back no limit that another tab has saved", async () => {
    const other = await admins.open(`${instance.newsroom.origin}/`, desktop);
    await unlock(other, founded.admin);
    await press(other, "Settings");
    await sees(other, "Kept free for text");
    await fill(desk, "Uploads not yet sent", "2000");
    await press(desk, "Save the limits");
    await sees(desk, "The limits are saved");
    await fill(other, "Kept free for text", "900");
    await press(other, "Save the limits");
    await sees(other, "so nothing was saved");
    await press(other, "Save the limits");
    await sees(other, "The limits are saved");
    const { rows } = await instance.withDatabase((client) => client.query(LIMITS));
    expect(rows).toEqual([{ unclaimed: 2_000, reserve: 900 }]);
    await other.close();
  });

  it("begins anew when a link is followed where a desk is open", async () => {
    await desk.evaluate(() => {
      document.title = "before";
      location.hash = "join=broken";
    });
    await sees(desk, "This invitation is not valid");
    expect(await desk.title()).not.toBe("before");
    await press(desk, "Try again");
    await unlock(desk, founded.admin);
  });

  it("ends the session of a journalist whose keys were stolen, and tells sources why they left", async () => {
    await press(desk, "People");
    await press(desk, "Retire…");
    await sees(desk, "No message is stored here.");
    await tick(desk, "Their keys may be in wrong hands");
    await picture(desk, "retire");
    await press(desk, "Retire Ben Muster");
    await sees(desk, "Ben Muster was retired because their keys may be in wrong hands");
    await colleague.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await sees(colleague, "Your session has ended");
    expect(await toldToSources(instance)).toMatchObject({
      names: ["Ada Admin"],
      stolen: ["Ben Muster"],
    });
  });

  it("lets a forgotten passphrase be replaced with the recovery words, and the old one is void", async () => {
    const { admin } = founded;
    await press(desk, "Log out");
    await press(desk, "I forgot my passphrase");
    await fill(desk, "User name", admin.userName);
    await fill(desk, "Recovery words", admin.recoveryWords.join(" "));
    await forgetCode(instance, admin);
    await fill(desk, "Code from your app", await admin.authenticator.code());
    await press(desk, "Open with the words");
    await sees(desk, "All your keys are sealed anew", 60_000);
    await press(desk, "Use these words");
    const passphrase = await desk.$eval('[data-role="offer"]', (part) => part.textContent ?? "");
    await fill(desk, "Passphrase once more", passphrase);
    await press(desk, "Go on");
    await keepSheet(desk, "Your recovery words", noPicture);
    await sees(desk, "Your new passphrase is set", 60_000);
    await fill(desk, "Passphrase", admin.passphrase);
    await press(desk, "Unlock");
    await sees(desk, "That passphrase is wrong.", 60_000);
    await picture(desk, "old-passphrase");
    await unlock(desk, { ...admin, passphrase });
  });

  it("logs out everywhere", async () => {
    await press(desk, "My account");
    await press(desk, "Log out everywhere");
    await press(desk, "Log out of every browser");
    await sees(desk, "You are logged out everywhere");
    await desk.reload();
    await sees(desk, "Code from your app", 60_000);
  });
});

describe("a browser without WebAssembly", { timeout: 60_000 }, () => {
  let instance: Instance;
  let safer: TestBrowser;

  beforeAll(async () => {
    instance = await startInstance();
    safer = await openBrowser("safer");
  });
  afterAll(async () => {
    await safer?.close();
    await instance?.close();
  });

  it("is told so, and what to do", async () => {
    const page = await safer.open(`${instance.newsroom.origin}/`, desktop);
    await sees(page, "This browser lacks WebAssembly");
    await sees(page, "set the security level to Standard");
    await createGallery("people-safer")(page, "no-webassembly");
  });
});
