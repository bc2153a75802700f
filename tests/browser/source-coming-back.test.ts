import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HeaderHash, MessageId } from "../../src/protocol/public/crypto.ts";
import { headerHash, parseMessage } from "../../src/protocol/public/envelope.ts";
import { sealMessage } from "../../src/protocol/secret/seal.ts";
import { press, sees, visibleText } from "../support/page.ts";
import { recipientsIn } from "../support/paper-newsroom.ts";
import { comeBack, finish, readWords, send, takeWords, writeTip } from "../support/source-steps.ts";
import { lastAsRead, startVisits, untilReady, type Visits } from "../support/source-visits.ts";

let visits: Visits;

beforeAll(async () => {
  visits = await startVisits("chromium");
}, 60_000);
afterAll(() => visits?.close());

const ready = async (): Promise<Page> => {
  const page = await visits.visit();
  await untilReady(page);
  return page;
};

/** Writes into the mailbox of the last stored message, as its first journalist would. */
const reply = (text: string, addressed: readonly number[]): void => {
  const { crypto, newsroom, service } = visits;
  const [writer] = newsroom.journalists;
  const tip = lastAsRead(visits)[0];
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
