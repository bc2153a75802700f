import { describe, expect, it } from "vitest";
import { bodyHash, parseMessage } from "../../src/protocol/public/envelope.ts";
import { checkAnswer, makeChallenge } from "../../src/protocol/public/mailbox.ts";
import { openWrap, sealWrap } from "../../src/protocol/secret/archive.ts";
import { codenameWords, parseCodename } from "../../src/protocol/secret/codename.ts";
import { openBody, openSummary } from "../../src/protocol/secret/content.ts";
import type { ArchiveKey } from "../../src/protocol/secret/crypto.ts";
import { answerChallenge } from "../../src/protocol/secret/mailbox-login.ts";
import { originOf } from "../../src/protocol/secret/origin.ts";
import { openSlot } from "../../src/protocol/secret/slot.ts";
import { paperNewsroom, paperSource, sealTip, slotTry } from "../support/paper-newsroom.ts";
import { BACKENDS } from "../vectors/backends.ts";

const TEXT = "The ledger is in the cellar.\nSecond line.";

describe.each(BACKENDS)("a tip sealed with %s", (_name, crypto) => {
  const newsroom = paperNewsroom(crypto, { day: 20_700, names: ["Ada", "Bea", "Cem"] });
  const source = paperSource(crypto, newsroom);
  const sealed = sealTip(crypto, newsroom, { source, addressed: [1, 3], text: TEXT });
  const message = parseMessage(crypto, sealed.bytes);
  const tries = newsroom.journalists.map((journalist) =>
    openSlot(crypto, message.slots[journalist.entry.position] ?? new Uint8Array(), {
      ...slotTry(journalist, message.headerBytes),
    }),
  );

  it("opens for the addressed and for nobody else", () => {
    expect(tries.map((opened) => opened !== null)).toEqual([true, false, true]);
  });

  it("shows text, readers and origin to its reader", () => {
    const opened = tries[0];
    if (!opened) throw new Error("not opened");
    const opening = { contentKey: opened.contentKey, headerBytes: message.headerBytes };
    const summary = openSummary(crypto, opening, {
      sealedSummary: message.sealedSummary,
      bodyHash: bodyHash(crypto, message.sealedBody),
    });
    const body = openBody(crypto, opening, message);
    const origin = originOf(crypto, {
      headerBytes: message.headerBytes,
      vouch: summary.source,
      senderStatic: opened.senderStatic,
      roster: newsroom.roster,
    });
    expect(summary.firstLine).toBe("The ledger is in the cellar.");
    expect(body.text).toBe(TEXT);
    expect(body.readers).toEqual([1, 3]);
    expect(origin.by).toBe("source");
  });

  it("is archived and comes back under the archive key only", () => {
    const opened = tries[0];
    if (!opened) throw new Error("not opened");
    const archive = { id: crypto.random(16), key: crypto.random(32) as ArchiveKey };
    const header = sealed.headerHash;
    const wrap = sealWrap(crypto, archive, {
      ...opened,
      day: 20_700,
      sharedBy: null,
      header,
    });
    expect(wrap.length).toBe(108);
    expect(openWrap(crypto, archive, { wrap, header })?.contentKey).toEqual(opened.contentKey);
    const other = { ...archive, key: crypto.random(32) as ArchiveKey };
    expect(openWrap(crypto, other, { wrap, header })).toBeNull();
  });

  it("lets its source log in to the mailbox, once and in time", () => {
    const secret = crypto.random(32);
    const challenge = makeChallenge(crypto, secret, 1_000);
    const answer = answerChallenge(crypto, challenge, { newsroomId: newsroom.newsroomId, source });
    const check = { newsroomId: newsroom.newsroomId, secret, now: 999 };
    expect(checkAnswer(crypto, answer, check)).toEqual(source.id);
    expect(() => checkAnswer(crypto, answer, { ...check, now: 1_001 })).toThrow("wrong-answer");
    const lowOrder = { ...answer, mailbox: new Uint8Array(32) as typeof answer.mailbox };
    expect(() => checkAnswer(crypto, lowOrder, check)).toThrow("wrong-answer");
  });

  it("has a codename that survives typing", () => {
    const codename = crypto.random(16);
    const words = codenameWords(codename);
    const typed = words.map((word) => word.slice(0, 4).toUpperCase()).join("  \n");
    expect(parseCodename(typed)).toEqual(codename);
    expect(() => parseCodename(words.slice(1).join(" "))).toThrow("codename-length");
  });
});
