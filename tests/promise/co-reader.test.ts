import { describe, expect, it } from "vitest";
import { concat } from "../../src/protocol/public/bytes.ts";
import type { MessageId, StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import {
  bodyHash,
  contentHash,
  type Message,
  parseMessage,
} from "../../src/protocol/public/envelope.ts";
import { SealdropError } from "../../src/protocol/public/errors.ts";
import { HASH } from "../../src/protocol/public/limits.ts";
import { type MailboxKeys, vouchOf } from "../../src/protocol/public/mailbox.ts";
import { encodeBody } from "../../src/protocol/secret/body.ts";
import { openBody, sealPart } from "../../src/protocol/secret/content.ts";
import type { ContentKey, StaticPrivateKey } from "../../src/protocol/secret/crypto.ts";
import { checkMailboxKeys, originOf } from "../../src/protocol/secret/origin.ts";
import { sealMessage } from "../../src/protocol/secret/seal.ts";
import { openSlot, type StaticPair, sealSlot } from "../../src/protocol/secret/slot.ts";
import {
  type PaperJournalist,
  paperNewsroom,
  paperSource,
  recipientsIn,
  sealTip,
  slotTry,
} from "../support/paper-newsroom.ts";
import { BACKENDS } from "../vectors/backends.ts";

/** What an attempt came to: the words shown and by whom, "not for me", or the error. */
type Shown = string;

/** Anna and Ben may both read; Ben and the server want other words under the source's name. */
describe.each(BACKENDS)("a co-reader together with the server (%s)", (_name, crypto) => {
  const newsroom = paperNewsroom(crypto, { day: 20_700, names: ["Anna", "Ben"] });
  const [anna, ben] = newsroom.journalists as [PaperJournalist, PaperJournalist];
  const source = paperSource(crypto, newsroom);
  const sealed = sealTip(crypto, newsroom, {
    source,
    addressed: [1, 2],
    text: "The true words.",
    sealToSource: true,
  });
  const message = parseMessage(crypto, sealed.bytes);

  const shownTo = (reader: PaperJournalist, seen: Message): Shown => {
    const slot = seen.slots[reader.entry.position] ?? new Uint8Array();
    try {
      const opened = openSlot(crypto, slot, slotTry(reader, seen.headerBytes));
      if (opened === null) return "not for me";
      const opening = { contentKey: opened.contentKey, headerBytes: seen.headerBytes };
      const body = openBody(crypto, opening, seen);
      checkMailboxKeys(crypto, seen.headerBytes, body.source);
      const claim = {
        headerBytes: seen.headerBytes,
        vouch: vouchOf(crypto, body.source),
        senderStatic: opened.senderStatic,
        roster: newsroom.roster,
      };
      return `${originOf(crypto, claim).by}: ${body.text}`;
    } catch (error) {
      return error instanceof SealdropError ? error.code : "failed";
    }
  };

  const contentKey = (): ContentKey => {
    const opened = openSlot(
      crypto,
      message.slots[2] ?? new Uint8Array(),
      slotTry(ben, message.headerBytes),
    );
    if (opened === null) throw new Error("Ben can read");
    return opened.contentKey;
  };

  const forgedBody = (): Uint8Array => {
    const text = encodeBody({
      kind: "message",
      answers: null,
      newest: [],
      files: [],
      text: "Forged words.",
      source,
      readers: [1, 2],
    });
    const headerStart = message.headerBytes.slice(0, message.headerBytes.length - HASH);
    return sealPart(crypto, { contentKey: contentKey(), headerStart }, { label: "body", text });
  };

  const withNewHeader = (sealedBody: Uint8Array): Message => {
    const start = message.headerBytes.slice(0, message.headerBytes.length - HASH);
    const content = {
      sealedSummary: message.sealedSummary,
      bodyHash: bodyHash(crypto, sealedBody),
    };
    const headerBytes = concat([start, contentHash(crypto, content)]);
    return { ...message, headerBytes, sealedBody };
  };

  const slotForAnna = (headerBytes: Uint8Array, sender: StaticPair): Uint8Array =>
    sealSlot(crypto, slotTry(anna, headerBytes).target, { contentKey: contentKey(), sender });

  const written = (mailbox: MailboxKeys, sender: StaticPair): Message =>
    parseMessage(
      crypto,
      sealMessage(crypto, {
        roster: newsroom.roster,
        recipients: recipientsIn(crypto, newsroom),
        period: newsroom.period,
        mailbox,
        messageId: crypto.random(16) as MessageId,
        addressed: new Set([1, 2]),
        sealToSource: true,
        sender,
        body: { kind: "message", answers: null, newest: [], text: "Forged words.", files: [] },
      }).bytes,
    );

  const stranger = (): StaticPair => {
    const made = crypto.random(32) as StaticPrivateKey;
    return { private: made, public: crypto.x25519PublicKey(made) as StaticPublicKey };
  };

  it("sees the true words when nobody meddles", () => {
    expect(shownTo(anna, message)).toBe("source: The true words.");
  });

  it("cannot put another body under the same header", () => {
    expect(shownTo(anna, { ...message, sealedBody: forgedBody() })).toBe("message-broken");
  });

  it("cannot give the other body a header that fits: the slots name the true one", () => {
    expect(shownTo(anna, withNewHeader(forgedBody()))).toBe("not for me");
  });

  it("cannot make a slot for that header in the source's name", () => {
    const forged = withNewHeader(forgedBody());
    const sender = { public: source.static, private: ben.staticPrivate };
    const slots = [...forged.slots];
    slots[1] = slotForAnna(forged.headerBytes, sender);
    expect(shownTo(anna, { ...forged, slots })).toBe("message-broken");
  });

  it("cannot move a true slot to another position", () => {
    const slots = [...message.slots];
    slots[1] = message.slots[2] ?? new Uint8Array();
    expect(shownTo(anna, { ...message, slots })).toBe("not for me");
  });

  it("cannot write into the mailbox under a key of its own", () => {
    expect(shownTo(anna, written(source, stranger()))).toBe("message-broken");
  });

  it("cannot write into the mailbox as the source", () => {
    const sender = { public: source.static, private: stranger().private };
    expect(shownTo(anna, written(source, sender))).toBe("message-broken");
  });

  it("cannot inject a first message whose keys are its own", () => {
    const sender = stranger();
    const theirs = written({ ...source, static: sender.public }, sender);
    const { headerBytes } = written(source, sender);
    expect(shownTo(anna, { ...theirs, headerBytes })).toBe("not for me");
    // Under its own mailbox id it opens, but as another source's conversation, not in this mailbox.
    expect(shownTo(anna, theirs)).toBe("source: Forged words.");
    expect(theirs.header.mailboxId).not.toEqual(message.header.mailboxId);
  });

  it("cannot write to the source in a journalist's name", () => {
    const asAnna = { public: anna.entry.static, private: ben.staticPrivate };
    const forged = written(source, asAnna);
    const open = () =>
      openSlot(crypto, forged.slots[0] ?? new Uint8Array(), {
        target: {
          headerBytes: forged.headerBytes,
          position: 0,
          identity: source.mailbox,
          static: source.static,
          messaging: source.reply,
        },
        keys: { messagingSeed: source.replySeed, staticPrivate: source.staticPrivate },
      });
    expect(open).toThrow("message-broken");
  });
});
