import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { inspecting } from "../support/barriers.ts";
import { desktop, openBrowser, type TestBrowser } from "../support/browsers.ts";
import { type Folder, isSavedAs, makeFolder } from "../support/files.ts";
import { openTalk, saveFile } from "../support/inbox-steps.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { backAt, createGallery, press, sees, tick, visibleText } from "../support/page.ts";
import { openQuickSource } from "../support/quick-source.ts";
import { openOneDesk } from "../support/quick-staff.ts";
import { comeBack, finish, send, takeWords, writeTip } from "../support/source-steps.ts";
import { BEN, enrol, type Founded, type Member, unlock } from "../support/staff-steps.ts";

const TIP = "The harbour master signs empty forms.\nThe second file shows which.";

/** One more than what is shared by one request, with the tip that is shared before. */
const MORE_TIPS = 17;

/** A tip from before a colleague's time, passed on to them. */
describe("sharing a conversation", { timeout: 180_000 }, () => {
  const picture = createGallery("sharing");
  const look = inspecting(picture);
  let instance: Instance;
  let files: Folder;
  let adas: TestBrowser;
  let bens: TestBrowser;
  let sources: TestBrowser;
  let desk: Page;
  let bensDesk: Page;
  let page: Page;
  let founded: Founded;
  let ben: Member;
  let words: readonly string[] = [];
  let sent: readonly string[] = [];

  beforeAll(async () => {
    files = makeFolder();
    instance = await startInstance();
    [adas, bens, sources] = [
      await openBrowser("chromium"),
      await openBrowser("chromium"),
      await openBrowser("chromium"),
    ];
    ({ founded, desk } = await openOneDesk(instance, adas));
    sent = [files.make("forms.pdf", 300_000)];
    page = await sources.open(founded.link, desktop);
    await sees(page, "Ada Admin", 60_000);
    await writeTip(page, { text: TIP, files: sent });
    await send(page);
    words = await takeWords(page);
    await finish(page);
    ({ page: bensDesk, member: ben } = await enrol(desk, BEN, bens.open));
  }, 300_000);
  afterAll(async () => {
    for (const browser of [adas, bens, sources]) await browser?.close();
    await instance?.close();
    files?.remove();
  });

  it("says what a colleague will be able to read, and who will see it, before anything is sent", async () => {
    await press(desk, "Inbox");
    await openTalk(desk, "The harbour master signs empty forms.");
    await sees(desk, "Share with a colleague", 60_000);
    await press(desk, "Share…");
    await sees(desk, "all that you can open here (1 message, 1 file)");
    await sees(desk, "The source and everybody who reads along will see");
    await press(desk, "Share");
    await sees(desk, "Tick at least one name.");
    await tick(desk, "Ben Muster");
    await look(desk, "asking");
  });

  it("is seen by the sharer in the conversation", async () => {
    await press(desk, "Share");
    await sees(desk, "1 conversation is shared with Ben Muster.", 60_000);
    await sees(desk, "You shared this conversation with Ben Muster");
    await picture(desk, "shared");
  });

  it("brings the tip to a colleague who joined after it, without a reload", async () => {
    await openTalk(bensDesk, "The harbour master signs empty forms.");
    await sees(bensDesk, "Ada Admin shared this conversation with you", 60_000);
    await sees(bensDesk, "The second file shows which.", 90_000);
    await sees(bensDesk, "Ada Admin passed this on.");
    await look(bensDesk, "received");
  });

  it("lets them save its files, and keeps it after the next unlock", async () => {
    await saveFile(bensDesk, "forms.pdf");
    expect(await isSavedAs(sent[0] ?? "", bens.downloads, "forms.pdf")).toBe(true);
    await press(bensDesk, "Lock");
    await unlock(bensDesk, ben);
    await openTalk(bensDesk, "The harbour master signs empty forms.");
    await sees(bensDesk, "Ada Admin passed this on.", 60_000);
  });

  it("is shown to the source, with names", async () => {
    page = await sources.open(founded.link, desktop);
    await comeBack(page, words.join(" "));
    await sees(page, /Ada Admin. has shared your conversation with .Ben Muster/, 60_000);
    expect(await visibleText(page)).toMatch(/Can be read by .Ada Admin. and .Ben Muster/);
    await look(page, "source");
  });

  it("shared all at once, shows how far it is, and skips what is shared", async () => {
    for (let at = 1; at <= MORE_TIPS; at++) {
      const quick = await openQuickSource(instance.source.origin);
      await quick.send({ text: `Tip number ${at}`, to: ["Ada Admin"] });
    }
    await press(desk, "Inbox");
    await backAt(desk);
    await sees(desk, "18 conversations", 60_000);
    await press(desk, "People");
    // The list comes in late and moves what stands below it.
    await sees(desk, "Retire…");
    await press(desk, "Share all…");
    await sees(desk, "Share all your 18 conversations?");
    await tick(desk, "Ben Muster");
    await look(desk, "all");
    const held: (() => void)[] = [];
    instance.newsroom.hook({
      answered: ({ path }) =>
        path === "/api/messages/many"
          ? new Promise<void>((goOn) => void held.push(goOn))
          : undefined,
    });
    await press(desk, "Share");
    await vi.waitFor(() => expect(held).toHaveLength(2), 60_000);
    await sees(desk, "0 of 18 shared.");
    held.shift()?.();
    // Either of the two may have been quicker.
    await sees(desk, /\b(?:2|16) of 18 shared\./);
    await look(desk, "progress");
    instance.newsroom.hook({});
    held.shift()?.();
    await sees(desk, "18 conversations are shared with Ben Muster.", 60_000);
    expect(await visibleText(desk)).toContain("1 had been shared before.");
    await press(bensDesk, "Inbox");
    await openTalk(bensDesk, `Tip number ${MORE_TIPS}`);
    await sees(bensDesk, "Ada Admin passed this on.", 60_000);
  });

  it("can be asked for before somebody is retired, with what is known", async () => {
    const quick = await openQuickSource(instance.source.origin);
    await quick.send({ text: "For Ben alone.", to: ["Ben Muster"] });
    const other = await openQuickSource(instance.source.origin);
    await other.send({ text: "For both of you." });
    await other.send({ text: "And this for Ben.", to: ["Ben Muster"] });
    await press(desk, "Retire…");
    await sees(desk, "2 of 39 messages stored cannot be read by you");
    await sees(desk, "Every message written under their keys is refused from now on");
    expect(await visibleText(desk)).toContain("What they wrote stays valid and readable.");
    await press(desk, "Ask Ben Muster to hand over first");
    await sees(desk, "Ben Muster is asked to hand over.");
    await look(desk, "retire-asked");
  });

  it("is offered to whoever is asked: what only they can read, and telling the admins", async () => {
    await press(bensDesk, "Lock");
    await unlock(bensDesk, ben);
    await sees(bensDesk, "You were asked to hand over", 90_000);
    await sees(bensDesk, "For Ben alone.", 60_000);
    await press(bensDesk, "Go to People");
    await sees(bensDesk, "Ada Admin");
    await press(bensDesk, "Look for what only I can read");
    await sees(bensDesk, "2 conversations can be read by you alone.", 60_000);
    await press(bensDesk, "Tell the admins");
    await sees(bensDesk, "Told: Ada Admin.", 60_000);
    expect(await visibleText(bensDesk)).not.toContain("You were asked to hand over");
  });

  it("is listed for the admin before anybody is retired, by name where they read along", async () => {
    await press(desk, "Lock");
    await unlock(desk, founded.admin);
    await sees(desk, "For both of you.", 90_000);
    const known = await desk.$$eval("button.row", (rows) => {
      const row = rows.find(({ textContent }) => textContent?.includes("For both of you."));
      return row?.querySelector('[data-role="name"]')?.textContent ?? "";
    });
    expect(known).not.toBe("");
    await press(desk, "People");
    await press(desk, "Retire…");
    await sees(
      desk,
      /Ben Muster told you: 2 conversations \(2 messages\) can be read by them alone\./,
    );
    const text = await visibleText(desk);
    expect(text).toContain(`You can read along in ${known}. 1 of them you do not know.`);
    await look(desk, "retire-told");
    await press(desk, "Keep them");
  });

  it("is passed on, and nothing is left that only they can read", async () => {
    await press(bensDesk, "Share these…");
    await sees(bensDesk, "Share these 2 conversations?");
    await tick(bensDesk, "Ada Admin");
    await look(bensDesk, "hand-over");
    await press(bensDesk, "Share");
    await sees(bensDesk, "2 conversations are shared with Ada Admin.", 60_000);
    await sees(
      bensDesk,
      "Everything that you can read, somebody else on the list can read, too.",
      60_000,
    );
    await press(bensDesk, "Tell the admins");
    await sees(bensDesk, "Told: Ada Admin.", 60_000);
    await picture(bensDesk, "handed-over");
  });

  it("is told to the admin, who then retires them and goes on reading", async () => {
    await press(desk, "Lock");
    await unlock(desk, founded.admin);
    await sees(desk, "For Ben alone.", 90_000);
    await press(desk, "People");
    await press(desk, "Retire…");
    await sees(desk, "Ben Muster told you: everything they can read, somebody else can read, too.");
    await press(desk, "Retire Ben Muster");
    await sees(desk, "Ben Muster has left", 60_000);
    await backAt(bensDesk);
    await sees(bensDesk, "Your session has ended", 60_000);
    await press(desk, "Inbox");
    await openTalk(desk, "For Ben alone.");
    await sees(desk, "Ben Muster (has since left) passed this on.", 60_000);
    await picture(desk, "after");
  });
});
