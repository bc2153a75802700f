import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { inspecting } from "../support/barriers.ts";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { createGallery, find, press, sees, tick, visibleText } from "../support/page.ts";
import { plantKey } from "../support/planted-key.ts";
import { openTwoDesks } from "../support/quick-staff.ts";
import { keepTables } from "../support/set-back.ts";
import { type Founded, type Member, unlock } from "../support/staff-steps.ts";
import { type Exchange, holdAnswers } from "../support/tap.ts";

/** The server goes on, and what it appends after a backup may make the log as long again. */
const SET_BACK = /The server's key log is (?:shorter than|not) the one you have seen before/;

/** The title at which a view begins when it was led to. */
const begunAt = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: held, documentElement } = document;
    const top = held?.getBoundingClientRect().top ?? -1;
    return { title: held?.textContent, isSeen: top >= 0 && top < documentElement.clientHeight };
  });

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

  const look = inspecting(picture);

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
    const goOn = holdAnswers(instance.newsroom, ({ path }) => path === "/api/roster");
    await press(desk, "Rotate now");
    await sees(desk, "One moment…");
    await find(desk, "button:disabled", "Rotate now");
    goOn();
    await sees(desk, "The old keys are void");
    await unlock(bensDesk, ben);
    await sees(bensDesk, "The messaging keys of Ben Muster were declared void.", 60_000);
    await look(bensDesk, "changes");
    await press(bensDesk, "I have read this");
    await sees(bensDesk, "Noted.");
    expect(await visibleText(bensDesk)).not.toContain("declared void");
    // The one who did it is told nothing.
    expect(await visibleText(desk)).not.toContain("declared void.");
  });

  it("sounds an alarm in plain words when sources are told something else, and stops nobody from reading", async () => {
    const isEvidence = ({ path }: Exchange): boolean => path === "/api/log/evidence";
    // From before the rotation: a list of journalists as true as it was then.
    const before = instance.source.exchanges.find(isEvidence)?.answer;
    if (before === undefined) throw new Error("nobody has asked at the sources' address");
    instance.source.hook({ alter: (exchange) => (isEvidence(exchange) ? before : null) });
    await press(desk, "Lock");
    await unlock(desk, founded.admin);
    await sees(desk, "Sources are shown another list of journalists than you.", 60_000);
    await sees(desk, "No tips yet");
    await look(desk, "alarm");
    await press(desk, "Look at the list");
    await sees(desk, "Ben Muster");
    instance.source.hook({});
  });

  it("a key that somebody else has made in an admin's name is made void by one press", async () => {
    await plantKey(instance, founded.admin);
    await press(desk, "Lock");
    await unlock(desk, founded.admin);
    await sees(
      desk,
      "The key log holds a messaging key in your name that you have not made.",
      60_000,
    );
    await sees(desk, "Sources are shown a messaging key in your name that is not yours.");
    await look(desk, "foreign-key");
    await press(desk, "Rotate my keys now");
    await sees(desk, "Your messaging keys of before are void. New ones are published.", 60_000);
    await look(desk, "rotated");
    await press(desk, "Lock");
    await unlock(desk, founded.admin);
    await sees(desk, /key log of \d+ statements checked/, 60_000);
    expect(await visibleText(desk)).not.toMatch(/messaging key in your name/);
  });

  it("a journalist in whose name there is one is led to where new keys are asked for", async () => {
    await plantKey(instance, ben);
    await press(bensDesk, "Lock");
    await unlock(bensDesk, ben);
    await sees(
      bensDesk,
      "Sources are shown a messaging key in your name that is not yours.",
      60_000,
    );
    expect(await visibleText(bensDesk)).not.toContain("Rotate my keys now");
    await press(bensDesk, "Ask for new keys");
    await find(bensDesk, "button", "Renew my lasting keys…");
    const begun = { title: "Your own lasting keys", isSeen: true };
    await vi.waitFor(async () => expect(await begunAt(bensDesk)).toEqual(begun), 20_000);
    await look(bensDesk, "journalist-foreign-key");
  });

  it("a backup that was played in is signed for by an admin, after a question, and shown to colleagues by name", async () => {
    await press(desk, "Lock");
    await unlock(desk, founded.admin);
    await sees(desk, /key log of \d+ statements checked/, 60_000);
    const back = await instance.withDatabase(keepTables);
    await press(desk, "Keys");
    await tick(desk, "Ben Muster");
    await press(desk, "Rotate…");
    await press(desk, "Rotate now");
    await sees(desk, "The old keys are void");
    const again = async (page: Page, member: Member): Promise<void> => {
      await press(page, "Lock");
      await unlock(page, member);
    };
    for (const [page, member] of [[desk, founded.admin] as const, [bensDesk, ben] as const]) {
      await again(page, member);
      await sees(page, /key log of \d+ statements checked/, 60_000);
    }
    // What both desks still save may stand in its way.
    await vi.waitFor(() => instance.withDatabase((client) => client.query(back)), 20_000);
    await instance.restart();
    await again(bensDesk, ben);
    await sees(bensDesk, SET_BACK, 60_000);
    // Who cannot sign is offered nothing to press.
    expect(await visibleText(bensDesk)).not.toContain("A backup was played in…");
    await again(desk, founded.admin);
    await press(desk, "A backup was played in…", 60_000);
    await sees(desk, "Say that a backup was played in?");
    expect(await visibleText(desk)).toContain(
      "Only if your operator has really played in a backup",
    );
    await look(desk, "restored-asked");
    await press(desk, "No, leave the alarm");
    await sees(desk, SET_BACK);
    await press(desk, "A backup was played in…");
    await press(desk, "Sign: a backup was played in");
    await sees(desk, "Signed. Colleagues will be shown that you said so.");
    expect(await visibleText(desk)).not.toMatch(SET_BACK);
    await again(bensDesk, ben);
    await sees(bensDesk, "Ada Admin says that a backup was played in.", 60_000);
    await look(bensDesk, "restored-shown");
    expect(await visibleText(bensDesk)).not.toMatch(SET_BACK);
  });
});
