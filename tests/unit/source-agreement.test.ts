import { describe, expect, it } from "vitest";
import { conversationOf, readMailbox } from "../../src/browser/source/worker/reading.ts";
import { encodeMailboxAnswer, type MailboxRow } from "../../src/protocol/public/block.ts";
import type { HeaderHash } from "../../src/protocol/public/crypto.ts";
import { parseMessage } from "../../src/protocol/public/envelope.ts";
import { paperNewsroom, paperSource, sealTip } from "../support/paper-newsroom.ts";
import { sealReply } from "../support/paper-reply.ts";
import { seeded, sumo } from "../vectors/backends.ts";

const crypto = seeded(sumo, "agreement");
const newsroom = paperNewsroom(crypto, { day: 20_700, names: ["Ada", "Bea", "Cem"] });
const [ada, bea] = newsroom.journalists;
if (ada === undefined || bea === undefined) throw new Error("nobody");

const rowOf = (bytes: Uint8Array, arrival: number): MailboxRow => {
  const { headerBytes, sealedSummary, sealedBody, slots } = parseMessage(crypto, bytes);
  const [slot = new Uint8Array(0)] = slots;
  return {
    arrival,
    day: 20_700,
    by: arrival === 1 ? "source" : "newsroom",
    header: headerBytes,
    sealedSummary,
    sealedBody,
    slot,
  };
};

/** A tip to Ada and Bea, kept to be read again or not, and Bea's answers to it as a source finds them. */
const talk = async (
  kept: boolean,
  replies: readonly {
    readonly to: readonly number[];
    readonly answersTip: boolean;
    readonly share?: boolean;
  }[],
) => {
  const source = paperSource(crypto, newsroom);
  const tip = sealTip(crypto, newsroom, {
    source,
    addressed: [1, 2],
    text: "Question",
    sealToSource: kept,
  });
  const answers = replies.map(({ to, answersTip, share }) =>
    sealReply(crypto, newsroom, {
      writer: bea,
      source,
      addressed: to,
      body: {
        text: "Answer",
        answers: answersTip ? (tip.headerHash as HeaderHash) : null,
        newest: [],
        ...(share ? { kind: "share" as const } : {}),
      },
    }),
  );
  const rows = [tip, ...answers].map((sealed, index) => rowOf(sealed.bytes, index + 1));
  const mailbox = {
    keys: source,
    words: () => null,
    request: async () => encodeMailboxAnswer({ rows, more: false }),
    wipe: () => undefined,
  };
  const read = await readMailbox({ crypto, mailbox, roster: newsroom.roster });
  return conversationOf(read, newsroom.roster);
};

describe("who reads, as a returning source sees it", () => {
  it("a reply for the readers of the tip is as agreed", async () => {
    const { letters, readers } = await talk(true, [{ to: [1, 2], answersTip: true }]);
    expect(letters.map((letter) => letter.notAsAgreed)).toEqual([false, false]);
    expect(readers).toEqual([1, 2]);
  });
  it("a reply that adds a reader is not as agreed, and an answer does not follow it", async () => {
    const { letters, readers } = await talk(true, [{ to: [1, 2, 3], answersTip: true }]);
    expect(letters.map((letter) => letter.notAsAgreed)).toEqual([false, true]);
    expect(readers).toEqual([1, 2]);
  });
  it("a reply that answers nothing is not as agreed", async () => {
    const { letters, readers } = await talk(true, [{ to: [1, 2, 3], answersTip: false }]);
    expect(letters.map((letter) => letter.notAsAgreed)).toEqual([false, true]);
    expect(readers).toEqual([1, 2]);
  });
  it("a share adds readers, from then on", async () => {
    const { letters, readers } = await talk(true, [
      { to: [1, 2, 3], answersTip: true, share: true },
    ]);
    expect(letters.map((letter) => letter.notAsAgreed)).toEqual([false, false]);
    expect(readers).toEqual([1, 2, 3]);
  });
  it("what the source did not keep cannot be compared, and nothing is claimed", async () => {
    const { letters } = await talk(false, [{ to: [1, 2], answersTip: true }]);
    expect(letters.map((letter) => [letter.state, letter.notAsAgreed])).toEqual([
      ["not-kept", false],
      ["read", false],
    ]);
  });
});
