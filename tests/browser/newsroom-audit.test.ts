import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import {
  createGallery,
  inEveryLight,
  press,
  pressAmong,
  sees,
  visibleText,
} from "../support/page.ts";
import { openOneDesk } from "../support/quick-staff.ts";
import { type Founded, invite, unlock } from "../support/staff-steps.ts";
import { verifyExport } from "../vectors/audit-stranger.ts";

/** An admin looks at the audit trail, and somebody edits it in the database meanwhile. */
describe("the audit trail", { timeout: 180_000 }, () => {
  const picture = createGallery("audit");
  let instance: Instance;
  let browser: TestBrowser;
  let desk: Page;
  let founded: Founded;

  beforeAll(async () => {
    instance = await startInstance();
    browser = await openBrowser("chromium");
    ({ founded, desk } = await openOneDesk(instance, browser));
    await invite(desk, "Ben");
    await press(desk, "Keys");
    await press(desk, "Renew the list now");
    await sees(desk, "The list of journalists is renewed.");
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await instance?.close();
  });

  const inBothLights = (state: string) => inEveryLight(picture)(desk, state);

  const edit = (sql: string): Promise<unknown> =>
    instance.withDatabase((client) => client.query(sql));

  const verify = async (): Promise<void> => {
    await press(desk, "Verify");
    await desk.waitForFunction(
      () => document.querySelector<HTMLElement>('[data-role="verdict"]')?.hidden === false,
    );
  };

  it("tells in words what happened, newest first", async () => {
    await press(desk, "Audit trail");
    await sees(desk, "Signed the list of journalists, number 2");
    const text = await visibleText(desk);
    const order = ["Signed the list", "Made an invitation", "Set up this newsroom"];
    const places = order.map((words) => text.lastIndexOf(words));
    expect(places.every((place) => place > 0)).toBe(true);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    await inBothLights("lines");
  });

  it("shows the lines of one kind, or says that there are none", async () => {
    await desk.select('[data-role="kind"]', "invite-made");
    await press(desk, "Show these");
    await desk.waitForFunction(
      () => document.querySelectorAll('[data-role="rows"] tr').length === 1,
    );
    await desk.select('[data-role="kind"]', "member-stolen");
    await press(desk, "Show these");
    await sees(desk, "There is no such line.");
    await inBothLights("none");
    await press(desk, "Show all");
    await sees(desk, "Set up this newsroom");
  });

  it("shows the lines of one person and of some days", async () => {
    const dayAt = (days: number): string =>
      new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const choose = async (chosen: Record<string, string>, isThere: boolean): Promise<void> => {
      for (const [role, value] of Object.entries(chosen)) {
        await desk.$eval(
          `[data-role="${role}"]`,
          (field, to) => Object.assign(field, { value: to }),
          value,
        );
      }
      await press(desk, "Show these");
      await desk.waitForFunction(
        (there) =>
          document.querySelector<HTMLElement>('[data-role="empty"]')?.hidden === there &&
          document.querySelectorAll('[data-role="rows"] tr').length > 0 === there,
        {},
        isThere,
      );
    };
    const BY_ITSELF = "0";
    await choose({ member: BY_ITSELF }, false);
    await choose({ member: "1" }, true);
    await choose({ from: dayAt(1) }, false);
    await choose({ from: dayAt(-1), to: dayAt(1) }, true);
    await choose({ from: "", to: dayAt(-1) }, false);
    await press(desk, "Show all");
    await sees(desk, "Set up this newsroom");
  });

  it("is saved as a file that a stranger can verify", async () => {
    await press(desk, "Save as a file");
    await sees(desk, "The audit trail is saved.");
    const text = await vi.waitFor(
      () => {
        const name = readdirSync(browser.downloads).find((one) => one.endsWith(".jsonl"));
        const saved = readFileSync(join(browser.downloads, name ?? ""), "utf8");
        // The browser gives the file its name before it has written it.
        expect(saved).toMatch(/\n$/);
        return saved;
      },
      { timeout: 20_000, interval: 50 },
    );
    const kinds = verifyExport(text).map(({ kind }) => kind);
    expect(kinds.slice(0, 3)).toEqual(["set-up", "logged-in", "invite-made"]);
    expect(() => verifyExport(text.replace('"actor":1', '"actor":2'))).toThrow();
  });

  it("is found whole, and a row that is edited by hand is found", async () => {
    await verify();
    await sees(desk, "Nothing was changed");
    await inBothLights("whole");
    await edit("UPDATE audit_line SET minute = (minute + 1) % 1440 WHERE number = 2");
    await verify();
    await sees(desk, "Line 2 is not what was written there.");
    await sees(desk, "The audit trail is not what you have seen before.");
    await inBothLights("edited");
    await edit("UPDATE audit_line SET minute = (minute + 1439) % 1440 WHERE number = 2");
    await verify();
    await sees(desk, "Nothing was changed");
  });

  it("that lost its end is noticed at the next unlock, until the member takes it as it is", async () => {
    await edit("DELETE FROM audit_line WHERE number > 1");
    await press(desk, "Lock");
    await unlock(desk, founded.admin);
    await sees(desk, "The audit trail is not what you have seen before.", 60_000);
    await press(desk, "Audit trail");
    await verify();
    await sees(desk, "which this browser remembers, is another one now or gone.");
    await press(desk, "Take it as it is…");
    await sees(desk, "this alarm will not come again");
    await inBothLights("cut");
    await pressAmong(desk, "button.do", "Take it as it is");
    await sees(desk, "From now on this trail counts.");
    expect(await visibleText(desk)).not.toContain("is not what you have seen before");
  });
});
