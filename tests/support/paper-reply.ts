import type { MessageId } from "../../src/protocol/public/crypto.ts";
import type { Body } from "../../src/protocol/secret/body.ts";
import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { sealMessage } from "../../src/protocol/secret/seal.ts";
import { type PaperJournalist, type PaperNewsroom, recipientsIn } from "./paper-newsroom.ts";

export type PaperReply = {
  readonly writer: PaperJournalist;
  readonly source: Parameters<typeof sealMessage>[1]["mailbox"];
  readonly addressed: readonly number[];
  readonly body: Partial<Pick<Body, "answers" | "newest" | "kind">> & { readonly text: string };
};

/** A message of a journalist with whatever readers, also ones that were not agreed. */
export const sealReply = (crypto: PassphraseCrypto, newsroom: PaperNewsroom, reply: PaperReply) =>
  sealMessage(crypto, {
    roster: newsroom.roster,
    recipients: recipientsIn(crypto, newsroom),
    period: newsroom.period,
    mailbox: reply.source,
    messageId: crypto.random(16) as MessageId,
    addressed: new Set(reply.addressed),
    sealToSource: true,
    sender: { public: reply.writer.entry.static, private: reply.writer.staticPrivate },
    body: { kind: "message", answers: null, newest: [], files: [], ...reply.body },
  });
