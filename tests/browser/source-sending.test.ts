import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HeaderHash, MessageId } from "../../src/protocol/public/crypto.ts";
import { headerHash, parseMessage } from "../../src/protocol/public/envelope.ts";
import { openBody } from "../../src/protocol/secret/content.ts";
import { sealMessage } from "../../src/protocol/secret/seal.ts";
import { openSlot } from "../../src/protocol/secret/slot.ts";
import { choose, press, sees, tick, visibleText } from "../support/page.ts";
import { recipientsIn, slotTry } from "../support/paper-newsroom.ts";
import { bundleOf } from "../support/paper-service.ts";
import {
  comeBack,
  finish,
  readWords,
  send,
  storedFiles,
  takeWords,
  writeTip,
} from "../support/source-steps.ts";
import { startVisits, untilReady, type Visits } from "../support/source-visits.ts";

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

/** The last stored message as each of the three journalists opens it; null: not for them. */
const lastAsRead = () => {
  const message = visits.service.messages.at(-1)?.message;
  if (message === undefined) throw new Error("nothing stored");
  const { crypto, newsroom } = visits;
  return newsroom.journalists.map((journalist) => {
    const slot = message.slots[journalist.entry.position] ?? new Uint8Array(0);
    const opened = openSlot(crypto, slot, slotTry(journalist, message.headerBytes));
    if (opened === null) return null;
    const opening = { contentKey: opened.contentKey, headerBytes: message.headerBytes };
    return openBody(crypto, opening, message);
  });
};

describe("sending", () => {
  it("seals to those ticked and to nobody else", async () => {
    const page = await ready();
    await writeTip(page, { text: "Not for Ben.", without: ["Ben Okafor"] });
    await send(page);
    expect(lastAsRead().map((body) => body?.text ?? null)).toEqual([
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
    expect(lastAsRead()[0]?.text).toBe("Sealed twice.");
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
    expect(lastAsRead().map((body) => body?.text ?? null)).toEqual([
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
    const files = lastAsRead()[0]?.files ?? [];
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
    expect(lastAsRead()[0]?.files).toEqual([]);
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
    expect(lastAsRead()[0]).toMatchObject({ text: "Only words.", files: [] });
    await page.close();
  });

  it("go on by themselves after a break, part by part", async () => {
    const page = await ready();
    await choose(page, [fileOf("first.txt", 10)]);
    await storedFiles(page, 1);
    visits.service.world.broken = 5;
    await choose(page, [fileOf("long.txt", 6_000_000)]);
    await sees(page, "The line is gone.");
    await storedFiles(page, 2);
    await page.close();
  });

  it("still on their way hold the sending step, from which one can go back", async () => {
    visits.service.world.slowPartsMs = 1_500;
    const page = await ready();
    await writeTip(page, { text: "Wait for the file." });
    await choose(page, [fileOf("slow.txt", 100)]);
    await press(page, "Send sealed");
    await sees(page, "Keep this page open.");
    await press(page, "Back to my message");
    expect(await page.$eval("#message", (field) => (field as HTMLTextAreaElement).value)).toBe(
      "Wait for the file.",
    );
    await send(page);
    expect(lastAsRead()[0]?.files.map((file) => file.name)).toEqual(["slow.txt"]);
    await page.close();
  });
});

/** Writes into the mailbox of the last stored message, as its first journalist would. */
const reply = (text: string, addressed: readonly number[]): void => {
  const { crypto, newsroom, service } = visits;
  const [writer] = newsroom.journalists;
  const tip = lastAsRead()[0];
  const message = service.messages.at(-1)?.message;
  if (writer === undefined || tip == null || message === undefined) throw new Error("no tip");
  const sealed = sealMessage(crypto, {
    roster: newsroom.roster,
    recipients: recipientsIn(crypto, newsroom),
    period: newsroom.period,
    mailbox: tip.source,
    messageId: crypto.random(16) as MessageId,
    addressed: new Set(addressed),
    sealToSource: true,
    sender: { public: writer.entry.static, private: writer.staticPrivate },
    body: {
      kind: "message",
      answers: headerHash(crypto, message.headerBytes),
      newest: [crypto.random(32) as HeaderHash],
      text,
      files: [],
    },
  });
  const { headerBytes, sealedSummary, sealedBody, slots } = parseMessage(crypto, sealed.bytes);
  service.addRow(message.header.mailboxId, {
    by: "newsroom",
    header: headerBytes,
    sealedSummary,
    sealedBody,
    slot: slots[0] ?? new Uint8Array(0),
  });
};

describe("coming back", () => {
  it("shows an answer with its writer, and says what is wrong about it", async () => {
    const page = await ready();
    await writeTip(page, {
      text: "For Ana alone.",
      without: ["Ben Okafor", "Clara Weiss"],
      reread: true,
    });
    await send(page);
    const words = (await takeWords(page)).join(" ");
    reply("Thank you, come on Tuesday.", [1]);
    reply("Now others read along.", [1, 2]);
    await finish(page);
    await comeBack(page, words);
    await sees(page, "Thank you, come on Tuesday.");
    const letters = await page.$$eval(".letter", (items) =>
      items.map((item) => (item as HTMLElement).innerText),
    );
    expect(letters).toHaveLength(3);
    expect(letters[1]).toMatch(/Ana Duarte/);
    expect(letters[1]).toContain(
      "1 earlier message it speaks of is not here: deleted or withheld.",
    );
    expect(letters[1]).not.toContain("More people can read this than you chose.");
    expect(letters[2]).toContain("More people can read this than you chose.");
    const ticked = await page.$$eval("[data-role=reader]:checked", (boxes) => boxes.length);
    // nobody follows the list that is not as agreed
    expect(ticked).toBe(1);
    await page.close();
  });

  it("shows what was kept, takes an answer, and deletes for good", async () => {
    const page = await ready();
    await writeTip(page, { text: "First letter.", reread: true });
    await send(page);
    expect(await readWords(page)).toEqual([]);
    const words = (await takeWords(page)).join(" ");
    await finish(page);
    await comeBack(page, words);
    await sees(page, "First letter.");
    await writeTip(page, { text: "Second letter, not kept." }, "Your answer");
    await press(page, "Send sealed");
    await sees(page, "Your answer has arrived.");
    await sees(page, "You did not ask to re-read it");
    expect(await visibleText(page)).not.toContain("Second letter, not kept.");
    await press(page, "Delete everything");
    await press(page, "Delete for everybody");
    await sees(page, "The words open nothing any more.");
    await page.reload();
    await untilReady(page);
    await comeBack(page, words);
    await sees(page, "Nothing found under these words.");
    await page.close();
  });
});
