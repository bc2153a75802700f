import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspecting } from "../support/barriers.ts";
import { desktop, openBrowser, type TestBrowser } from "../support/browsers.ts";
import { type Folder, isSavedAs, makeFolder } from "../support/files.ts";
import { openTalk, saveFile } from "../support/inbox-steps.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { createGallery, press, sees, tick, visibleText } from "../support/page.ts";
import { openQuickSource } from "../support/quick-source.ts";
import { openOneDesk } from "../support/quick-staff.ts";
import { comeBack, finish, send, takeWords, writeTip } from "../support/source-steps.ts";
import { BEN, enrol, type Founded, type Member, unlock } from "../support/staff-steps.ts";

const TIP = "The harbour master signs empty forms.\nThe second file shows which.";

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

  it("shared all at once, skips what is shared", async () => {
    await press(desk, "People");
    // The list comes in late and moves what stands below it.
    await sees(desk, "Retire…");
    await press(desk, "Share all…");
    await sees(desk, "Share your 1 conversation?");
    await tick(desk, "Ben Muster");
    await look(desk, "all");
    await press(desk, "Share");
    await sees(desk, "1 had been shared before.", 60_000);
  });

  it("can be asked for before somebody is retired, with what is known", async () => {
    const quick = await openQuickSource(instance.source.origin);
    await quick.send({ text: "For Ben alone.", to: ["Ben Muster"] });
    await press(desk, "Retire…");
    await sees(desk, "1 of 3 messages stored cannot be read by you");
    await sees(desk, "Every message written under their keys is refused from now on");
    await press(desk, "Ask Ben Muster to hand over first");
    await sees(desk, "Ben Muster is asked to hand over.");
    await look(desk, "retire-asked");
  });

  it("is offered to whoever is asked: what only they can read, and passing it on", async () => {
    await press(bensDesk, "Lock");
    await unlock(bensDesk, ben);
    await sees(bensDesk, "You were asked to hand over", 90_000);
    await sees(bensDesk, "For Ben alone.", 60_000);
    await press(bensDesk, "Go to People");
    await sees(bensDesk, "Ada Admin");
    await press(bensDesk, "Look for what only I can read");
    await sees(bensDesk, "1 conversation can be read by you alone.", 60_000);
    await press(bensDesk, "Share these…");
    await sees(bensDesk, "Share this conversation?");
    await tick(bensDesk, "Ada Admin");
    await look(bensDesk, "hand-over");
    await press(bensDesk, "Share");
    await sees(bensDesk, "1 conversation is shared with Ada Admin.", 60_000);
    await sees(
      bensDesk,
      "Everything that you can read, somebody else on the list can read, too.",
      60_000,
    );
    await press(bensDesk, "Tell the admins");
    await sees(bensDesk, "Told: Ada Admin.", 60_000);
    expect(await visibleText(bensDesk)).not.toContain("You were asked to hand over");
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
    await press(bensDesk, "Keys");
    await sees(bensDesk, "Your session has ended", 60_000);
    await press(desk, "Inbox");
    await openTalk(desk, "For Ben alone.");
    await sees(desk, "Ben Muster (has since left) passed this on.", 60_000);
    await picture(desk, "after");
  });
});
