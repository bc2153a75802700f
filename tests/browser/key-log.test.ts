import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { createGallery, inEveryLight, press, sees, tick, visibleText } from "../support/page.ts";
import { openTwoDesks } from "../support/quick-staff.ts";
import { type Founded, type Member, unlock } from "../support/staff-steps.ts";

/** What the key log's witnesses show on the desk, with a true server and with one that lies to sources. */
describe("the key log on the desk", { timeout: 180_000 }, () => {
  const picture = createGallery("key-log");
  let instance: Instance;
  let adas: TestBrowser;
  let bens: TestBrowser;
  let desk: Page;
  let bensDesk: Page;
  let founded: Founded;
  let ben: Member;

  const pictures = inEveryLight(picture);

  beforeAll(async () => {
    instance = await startInstance();
    [adas, bens] = [await openBrowser("chromium"), await openBrowser("chromium")];
    ({ founded, ben, desk, bensDesk } = await openTwoDesks(instance, adas, bens));
  }, 240_000);
  afterAll(async () => {
    await adas?.close();
    await bens?.close();
    await instance?.close();
  });

  it("is looked at with every unlock, also at the sources' address", async () => {
    await sees(bensDesk, /key log of \d+ statements checked/, 60_000);
    expect(await visibleText(bensDesk)).not.toContain("address not reached");
    const outside = instance.source.exchanges.filter(({ path }) => path === "/api/log/evidence");
    expect(outside.length).toBeGreaterThan(0);
    for (const { headers } of outside) expect(headers.cookie).toBeUndefined();
  });

  it("shows by name what others changed, until that was read", async () => {
    await press(bensDesk, "Lock");
    await press(desk, "Keys");
    await tick(desk, "Ben Muster");
    await press(desk, "Rotate…");
    await press(desk, "Rotate now");
    await sees(desk, "The old keys are void");
    await unlock(bensDesk, ben);
    await sees(bensDesk, "The messaging keys of Ben Muster were declared void.", 60_000);
    await pictures(bensDesk, "changes");
    await press(bensDesk, "I have read this");
    await sees(bensDesk, "Noted.");
    expect(await visibleText(bensDesk)).not.toContain("declared void");
    // The one who did it is told nothing.
    expect(await visibleText(desk)).not.toContain("declared void.");
  });

  it("sounds an alarm in plain words when sources are told something else, and stops nobody from reading", async () => {
    instance.source.hook({
      alter: ({ path }, answer) =>
        path === "/api/log/evidence" ? { ...answer, body: Buffer.alloc(8) } : null,
    });
    await press(desk, "Lock");
    await unlock(desk, founded.admin);
    await sees(desk, "Sources are shown another list of journalists than you.", 60_000);
    await sees(desk, "No tips yet");
    await pictures(desk, "alarm");
    await press(desk, "Look at the list");
    await sees(desk, "Ben Muster");
    instance.source.hook({});
  });
});
