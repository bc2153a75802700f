import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspecting } from "../support/barriers.ts";
import { desktop, openBrowser, type TestBrowser } from "../support/browsers.ts";
import { openTalk } from "../support/inbox-steps.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { backAt, createGallery, find, press, sees, tick, visibleText } from "../support/page.ts";
import { openTwoDesks } from "../support/quick-staff.ts";
import { send, writeTip } from "../support/source-steps.ts";
import { type Founded, wordsShown } from "../support/staff-steps.ts";
import { holdAnswers } from "../support/tap.ts";

/** Ben renews his identity, static and archive key; Ada signs them; sources write before and after. */
describe("new lasting keys", { timeout: 180_000 }, () => {
  const picture = createGallery("lasting-keys");
  let instance: Instance;
  let adas: TestBrowser;
  let bens: TestBrowser;
  let desk: Page;
  let bensDesk: Page;
  let founded: Founded;
  let goOn: () => void = () => undefined;

  beforeAll(async () => {
    instance = await startInstance();
    [adas, bens] = [await openBrowser("chromium"), await openBrowser("chromium")];
    ({ founded, desk, bensDesk } = await openTwoDesks(instance, adas, bens));
  }, 240_000);
  afterAll(async () => {
    goOn();
    await adas?.close();
    await bens?.close();
    await instance?.close();
  });

  const tipFromSource = async (text: string): Promise<void> => {
    const page = await adas.open(founded.link, desktop);
    await writeTip(page, { text });
    await send(page);
    await page.close();
  };

  const look = inspecting(picture);

  it("say beforehand what will happen, and change nothing until an admin signs", async () => {
    await tipFromSource("Before the new keys");
    await backAt(bensDesk);
    await sees(bensDesk, "Before the new keys", 60_000);
    await press(bensDesk, "Keys");
    await press(bensDesk, "Renew my lasting keys…");
    await sees(bensDesk, "sources cannot write to you until your desk has published");
    await look(bensDesk, "asked");
    await press(bensDesk, "Make new keys");
    await sees(bensDesk, "Compare eight words with an admin");
    await look(bensDesk, "words");
  });

  it("are signed only after the words were said to be the same", async () => {
    await press(desk, "People");
    await sees(desk, "Ben Muster asks for new lasting keys", 60_000);
    // The page shows the newsroom's own words too.
    const bens = await bensDesk.$$eval(".lasting ol.words li", (words) =>
      words.map((word) => word.textContent ?? ""),
    );
    expect(bens.length).toBe(8);
    expect(await wordsShown(desk)).toEqual(bens);
    await press(desk, "Sign the new keys of Ben Muster");
    await sees(desk, "Compare the words first");
    await look(desk, "wish");
    // From here on Ben's browser waits with his archive for us.
    goOn = holdAnswers(instance.newsroom, ({ path }) => path.endsWith("/waiting?before=0"));
    await tick(desk, "We compared all eight words");
    await press(desk, "Sign the new keys of Ben Muster");
    await sees(desk, "The new keys of Ben Muster are signed", 60_000);
  });

  it("are taken up by the open desk without anybody's doing, which shows how far the archive is", async () => {
    await backAt(bensDesk);
    await sees(bensDesk, "0 of 1 re-wrapped", 90_000);
    await sees(bensDesk, "An admin has signed your new keys");
    await look(bensDesk, "progress");
    await press(bensDesk, "Inbox");
    await openTalk(bensDesk, "Before the new keys");
    await press(bensDesk, "Keys");
    await sees(bensDesk, "0 of 1 re-wrapped");
    goOn();
    await sees(bensDesk, "Everything is re-wrapped. Your old keys are destroyed", 60_000);
    await look(bensDesk, "done");
    const { rows } = await instance.withDatabase((client) =>
      client.query(
        "SELECT record_id FROM vault_record WHERE record_id ~ '^(old|next):' UNION SELECT 'x' FROM former_archive_key",
      ),
    );
    expect(rows).toEqual([]);
  });

  it("leave everything readable, and sources write to the new ones", async () => {
    await tipFromSource("After the new keys");
    await press(bensDesk, "Inbox");
    await backAt(bensDesk);
    await sees(bensDesk, "After the new keys", 60_000);
    await bensDesk.reload();
    await sees(bensDesk, "Signed in as");
    const text = await visibleText(bensDesk);
    expect(text).not.toContain("re-wrapped");
  });

  it("can be given up before anybody has signed", async () => {
    await press(desk, "Keys");
    await press(desk, "Renew my lasting keys…");
    await tick(desk, "My old keys may be in other hands");
    await press(desk, "Make new keys");
    await sees(desk, "Your old keys are to be called stolen");
    await look(desk, "own-wish");
    await press(desk, "Give up the new keys…");
    await press(desk, "Give up and delete them");
    await sees(desk, "The new keys are deleted");
    await find(desk, "button", "Renew my lasting keys…");
  });
});
