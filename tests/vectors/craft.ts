import { concat } from "../../src/protocol/public/bytes.ts";
import type { MessageId, StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import {
  bodyHash,
  contentHash,
  deleteTokenHash,
  encodeHeaderStart,
  type Header,
} from "../../src/protocol/public/envelope.ts";
import { BODY_CLASSES } from "../../src/protocol/public/limits.ts";
import { type MailboxKeys, mailboxIdOf, vouchOf } from "../../src/protocol/public/mailbox.ts";
import { type Body, encodeBody } from "../../src/protocol/secret/body.ts";
import { commitmentOf, deleteTokenOf, sealPart } from "../../src/protocol/secret/content.ts";
import type { ContentKey } from "../../src/protocol/secret/crypto.ts";
import { type StaticPair, sealSlot } from "../../src/protocol/secret/slot.ts";
import { encodeSummary } from "../../src/protocol/secret/summary.ts";
import { PERIOD, type Person, type World } from "./world.ts";

/** A message put together by hand, so that one thing can be wrong in it while all the rest is right. */
export type Crafted = {
  readonly header: Uint8Array;
  readonly summary: Uint8Array;
  readonly body: Uint8Array;
  readonly slot: Uint8Array;
};

export type Fault = {
  readonly header?: Partial<Header>;
  readonly sender?: StaticPair;
  /** What the summary and the body say of the source. */
  readonly summarySource?: MailboxKeys;
  readonly bodySource?: MailboxKeys;
  readonly summaryText?: Uint8Array;
  readonly bodyText?: Uint8Array;
  readonly bodyKey?: ContentKey;
};

export const craft = (world: World, reader: Person, fault: Fault): Crafted => {
  const { crypto, source, roster, verifiedRoster } = world;
  const contentKey = crypto.random(32) as ContentKey;
  const bodyFields: Body = {
    kind: "message",
    source: fault.bodySource ?? source,
    readers: [reader.entry.position],
    answers: null,
    newest: [],
    text: "Nobody should read this.",
    files: [],
  };
  const bodyText = fault.bodyText ?? encodeBody(bodyFields);
  const summaryText =
    fault.summaryText ??
    encodeSummary({
      source: vouchOf(crypto, fault.summarySource ?? source),
      firstLine: bodyFields.text,
      fileCount: 0,
    });
  const headerStart = encodeHeaderStart({
    newsroomId: roster.newsroomId,
    mailboxId: mailboxIdOf(crypto, roster.newsroomId, vouchOf(crypto, source)),
    messageId: crypto.random(16) as MessageId,
    rosterNumber: roster.number,
    rosterHash: verifiedRoster.hash,
    period: PERIOD,
    bodyClass: BODY_CLASSES.map(Number).indexOf(bodyText.length),
    commitment: commitmentOf(crypto, contentKey),
    deleteTokenHash: deleteTokenHash(crypto, deleteTokenOf(crypto, contentKey)),
    ...fault.header,
  });
  const summary = sealPart(
    crypto,
    { contentKey, headerStart },
    { label: "summary", text: summaryText },
  );
  const bodyUnder = { contentKey: fault.bodyKey ?? contentKey, headerStart };
  const body = sealPart(crypto, bodyUnder, { label: "body", text: bodyText });
  const content = { sealedSummary: summary, bodyHash: bodyHash(crypto, body) };
  const header = concat([headerStart, fault.header?.contentHash ?? contentHash(crypto, content)]);
  const { entry, messaging } = reader;
  const target = {
    headerBytes: header,
    position: entry.position,
    identity: entry.identity,
    static: entry.static,
    messaging,
  };
  const sender = fault.sender ?? { public: source.static, private: source.staticPrivate };
  return { header, summary, body, slot: sealSlot(crypto, target, { contentKey, sender }) };
};

/** A sender whose static key is a point that makes every agreement zero. */
export const lowOrderSender = (world: World, point: Uint8Array): StaticPair => ({
  public: point as StaticPublicKey,
  private: world.source.staticPrivate,
});
