import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_FILE } from "../../src/protocol/public/limits.ts";
import { choose, press, sees } from "../support/page.ts";
import { storedFiles } from "../support/source-steps.ts";
import { startVisits, untilReady, type Visits } from "../support/source-visits.ts";

let visits: Visits;
const folder = mkdtempSync(join(tmpdir(), "sealdrop-limits-"));

beforeAll(async () => {
  visits = await startVisits("chromium");
}, 60_000);
afterAll(async () => {
  await visits?.close();
  rmSync(folder, { recursive: true, force: true });
});

const ready = async (): Promise<Page> => {
  const page = await visits.visit();
  await untilReady(page);
  return page;
};

describe("files in the form", () => {
  it("are the first thousand of more, and the page says so", async () => {
    const page = await ready();
    await page.$eval("input[type=file]", (input) => {
      const chosen = new DataTransfer();
      for (let n = 0; n < 1_001; n++) chosen.items.add(new File(["x"], `${n}.txt`));
      (input as HTMLInputElement).files = chosen.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await sees(page, "More than 1,000 files. The first 1,000 are taken.");
    expect(await page.$$eval("[data-role=file-list] > *", (rows) => rows.length)).toBe(1_000);
    await page.close();
  });

  it("over two gibibytes are refused before anything of them is sent", async () => {
    const path = join(folder, "film.mkv");
    const file = openSync(path, "w");
    ftruncateSync(file, MAX_FILE + 1);
    closeSync(file);
    const before = visits.service.uploads.size;
    const page = await ready();
    await choose(page, [path]);
    await sees(page, "Larger than 2 GB. It cannot be sent here.");
    expect(visits.service.uploads.size).toBe(before);
    await page.close();
  });

  it("on their way are the only reason why closing the tab asks", async () => {
    const path = join(folder, "scan.pdf");
    writeFileSync(path, Buffer.alloc(2_500_000, 1));
    visits.service.world.slowPartsMs = 60_000;
    const page = await ready();
    const asked: string[] = [];
    page.on("dialog", (dialog) => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });
    await choose(page, [path]);
    // A page that nobody has touched is not allowed to ask.
    await press(page, "Write to us");
    await page.close({ runBeforeUnload: true });
    while (asked.length === 0) await sleep(50);
    expect(asked).toEqual(["beforeunload"]);
    visits.service.world.slowPartsMs = 0;
    await storedFiles(page, 1);
    await page.close({ runBeforeUnload: true });
    while (!page.isClosed()) await sleep(50);
    expect(asked).toEqual(["beforeunload"]);
  });
});
