import { hex } from "../../src/protocol/public/bytes.ts";
import type { MessageId } from "../../src/protocol/public/crypto.ts";
import { parseMessage, sealedBodyLength } from "../../src/protocol/public/envelope.ts";
import { HEADER, SEALED_SUMMARY, SLOT } from "../../src/protocol/public/limits.ts";
import { recipientsOf } from "../../src/protocol/public/messaging-key.ts";
import { type SealInput, sealMessage } from "../../src/protocol/secret/seal.ts";
import type { Book, Field } from "./book.ts";
import type { Given } from "./case.ts";
import { PERIOD, type Person, type World } from "./world.ts";

/** Messages of the vectors' newsroom, and what their readers are handed of them. */

export const HEADER_FIELDS: readonly Field[] = [
  ["version", 1],
  ["suite", 1],
  ["newsroom id", 32],
  ["mailbox id", 16],
  ["message id", 16],
  ["roster number", 4],
  ["roster hash", 32],
  ["period", 4],
  ["body class", 1],
  ["commitment", 32],
  ["delete token hash", 32],
  ["content hash", 32],
];

export type InputTable = { readonly [name: string]: Given };

/** The public and private keys a reader opens with. */
export const readerInput = ({
  entry,
  messaging,
  messagingSeed,
  staticPrivate,
}: Person): InputTable => ({
  position: entry.position,
  identity: hex(entry.identity),
  static: hex(entry.static),
  messaging: hex(messaging),
  messagingSeed: hex(messagingSeed),
  staticPrivate: hex(staticPrivate),
});

export const sourceInput = ({ source }: World): InputTable => ({
  position: 0,
  identity: hex(source.mailbox),
  static: hex(source.static),
  messaging: hex(source.reply),
  messagingSeed: hex(source.replySeed),
  staticPrivate: hex(source.staticPrivate),
});

export const newsroomInput = (world: World): InputTable => ({
  roster: { of: "roster" },
  newsroomId: hex(world.newsroom.newsroomId),
  newsroomKey: hex(world.newsroom.key),
});

export const sealTo = (world: World, change: Partial<SealInput>) => {
  const { crypto, source } = world;
  return sealMessage(crypto, {
    roster: world.verifiedRoster,
    recipients: recipientsOf(crypto, world.keyStatements, { roster: world.roster, period: PERIOD }),
    period: PERIOD,
    mailbox: source,
    messageId: crypto.random(16) as MessageId,
    addressed: new Set([1]),
    sealToSource: false,
    sender: { public: source.static, private: source.staticPrivate },
    body: {
      kind: "message",
      answers: null,
      newest: [],
      text: "Cellar, third shelf.\n\nBring a lamp.",
      files: [],
    },
    ...change,
  });
};

/** Keeps a message whole and gives its parts by where they stand in it. */
export const partsOf = (
  book: Book,
  world: World,
  kept: { readonly name: string; readonly bytes: Uint8Array },
) => {
  const { header, slots } = parseMessage(world.crypto, kept.bytes);
  const message = book.keep(kept.name, kept.bytes);
  const bodyLength = sealedBodyLength(header.bodyClass);
  const slotsAt = HEADER + SEALED_SUMMARY + bodyLength;
  return {
    message,
    header: { ...message, cut: HEADER },
    summary: { ...message, from: HEADER, cut: SEALED_SUMMARY },
    body: { ...message, from: HEADER + SEALED_SUMMARY, cut: bodyLength },
    slots: slots.map((_, position) => ({ ...message, from: slotsAt + position * SLOT, cut: SLOT })),
  };
};

export type Parts = ReturnType<typeof partsOf>;

/** What a reader is handed: three parts and the slot at its position. */
export const handed = (parts: Parts, position: number): InputTable => ({
  header: parts.header,
  summary: parts.summary,
  body: parts.body,
  slot: parts.slots[position] ?? "",
});
