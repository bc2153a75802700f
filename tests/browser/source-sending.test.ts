import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { choose, press, sees, tick } from "../support/page.ts";
import { bundleOf } from "../support/paper-service.ts";
import { send, storedFiles, writeTip } from "../support/source-steps.ts";
import { lastAsRead, startVisits, untilReady, type Visits } from "../support/source-visits.ts";

let visits: Visits;
const folder = mkdtempSync(join(tmpdir(), "sealdrop-files-"));
const fileOf = (name: string, bytes: number): string => {
  const path = join(folder, name);
  writeFileSync(path, Buffer.alloc(bytes, 1));
  return path;
};

beforeAll(async () => {
  visits = await startVisits("chromium");
}, 60_000);
afterAll(async () => {
  await visits?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  Object.assign(visits.service.world, {
    bundle: bundleOf(visits.newsroom),
    broken: 0,
    unanswered: 0,
    full: false,
    rosterChanges: 0,
    slowPartsMs: 0,
  });
});

const ready = async (path = "/"): Promise<Page> => {
  const page = await visits.visit(path);
  await untilReady(page);
  return page;
};

describe("sending", () => {
  it("seals to those ticked and to nobody else", async () => {
    const page = await ready();
    await writeTip(page, { text: "Not for Ben.", without: ["Ben Okafor"] });
    await send(page);
    expect(lastAsRead(visits).map((body) => body?.text ?? null)).toEqual([
      "Not for Ben.",
      null,
      "Not for Ben.",
    ]);
    await page.close();
  });

  it("tries again after the line broke behind the commit, stores one message, shows the words", async () => {
    const before = visits.service.messages.length;
    visits.service.world.unanswered = 2;
    const page = await ready();
    await writeTip(page, { text: "Once." });
    await press(page, "Send sealed");
    await sees(page, /The line is gone. Trying again in \d seconds?. Nothing is lost./);
    await sees(page, "Your message has arrived.");
    expect(visits.service.messages.length).toBe(before + 1);
    await sees(page, /^(?![\s\S]*The line is gone)/);
    await page.close();
  });

  it("seals again by itself when only the list's date changed", async () => {
    visits.service.world.rosterChanges = 1;
    const page = await ready();
    await writeTip(page, { text: "Sealed twice." });
    await send(page);
    expect(lastAsRead(visits)[0]?.text).toBe("Sealed twice.");
    await page.close();
  });

  it("asks the source when somebody chosen can no longer be reached", async () => {
    const page = await ready();
    visits.service.world.rosterChanges = 1;
    visits.service.world.bundle = bundleOf(
      visits.newsroom,
      visits.newsroom.journalists.slice(0, 2),
    );
    const before = visits.service.messages.length;
    await writeTip(page, { text: "For all three." });
    await press(page, "Send sealed");
    await sees(page, "The list of journalists has changed meanwhile.");
    expect(visits.service.messages.length).toBe(before);
    await send(page);
    expect(lastAsRead(visits).map((body) => body?.text ?? null)).toEqual([
      "For all three.",
      "For all three.",
      null,
    ]);
    await page.close();
  });

  it("takes no message without words or reader, and says so beside the field", async () => {
    const page = await ready();
    for (const name of ["Ana Duarte", "Ben Okafor", "Clara Weiss"]) await tick(page, name);
    await press(page, "Send sealed");
    await sees(page, "Choose at least one person who will read this.");
    await sees(page, "Write a message or add a file.");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("data-role"))).toBe(
      "errors",
    );
    await page.close();
  });
});

describe("files", () => {
  it("start on their way when chosen and are named only inside the seal", async () => {
    const page = await ready();
    const before = visits.service.uploads.size;
    await choose(page, [fileOf("minutes.txt", 2_500_000), fileOf("empty.txt", 0)]);
    await storedFiles(page, 2);
    expect(visits.service.uploads.size).toBe(before + 2);
    await send(page);
    const files = lastAsRead(visits)[0]?.files ?? [];
    expect(files.map(({ name, length, partCount }) => ({ name, length, partCount }))).toEqual([
      { name: "minutes.txt", length: 2_500_000, partCount: 3 },
      { name: "empty.txt", length: 0, partCount: 1 },
    ]);
    await page.close();
  });

  it("are sealed by two workers where there is no WebAssembly", async () => {
    const page = await visits.browser.open("about:blank");
    await page.evaluateOnNewDocument(() => {
      Reflect.deleteProperty(globalThis, "WebAssembly");
    });
    const before = visits.service.requests.length;
    await page.goto(visits.service.origin);
    await untilReady(page);
    await choose(page, [fileOf("slow.bin", 3_000_000)]);
    await storedFiles(page, 1);
    const asked = visits.service.requests.slice(before);
    expect(asked.filter((line) => line.includes("worker-noble"))).toHaveLength(2);
    expect(asked.filter((line) => line.startsWith("PUT"))).toHaveLength(3);
    await page.close();
  });

  it("that were removed are dropped by the server and not sent", async () => {
    const page = await ready();
    const before = visits.service.uploads.size;
    await choose(page, [fileOf("wrong.txt", 10)]);
    await storedFiles(page, 1);
    await press(page, "Remove wrong.txt");
    await writeTip(page, { text: "No file." });
    await send(page);
    expect(lastAsRead(visits)[0]?.files).toEqual([]);
    expect(visits.service.uploads.size).toBe(before);
    await page.close();
  });

  it("refused for want of room say so, and the words still go", async () => {
    visits.service.world.full = true;
    const page = await ready();
    await choose(page, [fileOf("big.txt", 100_000)]);
    await sees(page, "There is no room for files now. Your words can still be sent.");
    await sees(page, "1 file is not sent along.");
    await writeTip(page, { text: "Only words." });
    await send(page);
    await sees(page, "1 file was not sent");
    expect(lastAsRead(visits)[0]).toMatchObject({ text: "Only words.", files: [] });
    await page.close();
  });

  it("refused while the sending step waits bring the form back with the reason", async () => {
    visits.service.world.slowPartsMs = 60_000;
    const page = await ready();
    await writeTip(page, { text: "Words and a file." });
    await choose(page, [fileOf("late.txt", 100)]);
    visits.service.world.full = true;
    await press(page, "Send sealed");
    await sees(page, "Keep this page open.");
    visits.service.world.slowPartsMs = 0;
    await sees(page, "Not every file can go along.");
    await send(page);
    expect(lastAsRead(visits)[0]).toMatchObject({ text: "Words and a file.", files: [] });
    await page.close();
  });

  it("go on by themselves after a break, part by part", async () => {
    const page = await ready();
    await choose(page, [fileOf("first.txt", 10)]);
    await storedFiles(page, 1);
    visits.service.world.broken = 1_000;
    await choose(page, [fileOf("long.txt", 6_000_000)]);
    await sees(page, "The line is gone.");
    visits.service.world.broken = 0;
    await storedFiles(page, 2);
    await page.close();
  });

  it("still on their way hold the sending step, from which one can go back", async () => {
    visits.service.world.slowPartsMs = 60_000;
    const page = await ready();
    await writeTip(page, { text: "Wait for the file." });
    await choose(page, [fileOf("slow.txt", 100)]);
    await press(page, "Send sealed");
    await sees(page, "Keep this page open.");
    await press(page, "Back to my message");
    visits.service.world.slowPartsMs = 0;
    expect(await page.$eval("#message", (field) => (field as HTMLTextAreaElement).value)).toBe(
      "Wait for the file.",
    );
    await send(page);
    expect(lastAsRead(visits)[0]?.files.map((file) => file.name)).toEqual(["slow.txt"]);
    await page.close();
  });
});
