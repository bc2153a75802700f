import type { HeaderHash, MessageId } from "../../src/protocol/public/crypto.ts";
import { bodyHash, headerHash, parseMessage } from "../../src/protocol/public/envelope.ts";
import { recipientsOf } from "../../src/protocol/public/messaging-key.ts";
import { periodOf } from "../../src/protocol/public/time.ts";
import { type Archive, sealWrap } from "../../src/protocol/secret/archive.ts";
import { type SourceKeys, sourceKeys } from "../../src/protocol/secret/codename.ts";
import { sealMessage } from "../../src/protocol/secret/seal.ts";
import type { StaticPair } from "../../src/protocol/secret/slot.ts";
import type { PaperNewsroom } from "../../tests/support/paper-newsroom.ts";
import { crypto } from "./crypto.ts";

/** Conversations of mixed size, each message really sealed by the protocol, as rows of the database. */

/**
 * `new`: of this period, with a slot for every member, none tried. `opened`: of an earlier period whose keys are
 * destroyed, so that only the source's slot and the members' wraps are left.
 */
export type Age = "new" | "opened";

export type MessageRow = {
  readonly mailboxId: Uint8Array;
  readonly messageId: Uint8Array;
  readonly day: number;
  readonly by: number;
  readonly header: Uint8Array;
  readonly headerHash: Uint8Array;
  readonly deleteTokenHash: Uint8Array;
  readonly sealedSummary: Uint8Array;
  readonly sealedBody: Uint8Array;
  readonly bodyHash: Uint8Array;
  readonly sourceSlot: Uint8Array;
  readonly rosterNumber: number;
  readonly period: number;
  /** Of the members in order of position; empty for opened ones. */
  readonly slots: readonly Uint8Array[];
  /** The reader's, of an opened one. */
  readonly wrap: Uint8Array | null;
};

export type Stage = {
  readonly newsroom: PaperNewsroom;
  readonly archive: Archive;
  readonly age: Age;
};

const uniform = (below: number): number => {
  const [a = 0, b = 0, c = 0] = crypto.random(3);
  return ((a << 16) | (b << 8) | c) % below;
};

const LINES = [
  "There is something about the harbour contract that nobody has written yet.",
  "I work where the meters are read. The numbers that leave the building are not ours.",
  "Please look at the second page of what I am going to send; the first is only the cover.",
];

/** Most tips are short, some are long, a few are very long: bodies of all five classes but the largest. */
const text = (): string => {
  const line = LINES[uniform(LINES.length)] ?? "";
  const roll = uniform(100);
  const characters =
    roll < 84 ? 80 + uniform(2_000) : roll < 96 ? 8_000 : roll < 99 ? 40_000 : 200_000;
  return line.repeat(Math.ceil(characters / line.length)).slice(0, characters);
};

/** One message mostly; one conversation in six goes on. */
const messageCount = (): number => {
  const roll = uniform(12);
  return roll < 10 ? 1 : roll === 10 ? 2 : 3 + uniform(4);
};

type Writing = Stage & {
  readonly source: SourceKeys;
  readonly day: number;
  readonly newest: readonly HeaderHash[];
};

const recipientLists = new WeakMap<PaperNewsroom, ReturnType<typeof recipientsOf>>();

const recipientsIn = (newsroom: PaperNewsroom): ReturnType<typeof recipientsOf> => {
  const known = recipientLists.get(newsroom);
  if (known !== undefined) return known;
  const statements = newsroom.journalists.map((journalist) => journalist.messagingStatement);
  const { roster, period } = newsroom;
  const list = recipientsOf(crypto, statements, { roster, period });
  recipientLists.set(newsroom, list);
  return list;
};

const senderOf = ({ newsroom, source }: Writing, isReply: boolean): StaticPair => {
  const [reader] = newsroom.journalists;
  if (!isReply || reader === undefined) {
    return { public: source.static, private: source.staticPrivate };
  }
  return { public: reader.entry.static, private: reader.staticPrivate };
};

const writeMessage = (writing: Writing): MessageRow => {
  const { newsroom, archive, age, source, day, newest } = writing;
  const isReply = newest.length % 2 === 1;
  const everybody = recipientsIn(newsroom);
  const sender = senderOf(writing, isReply);
  const period = age === "new" ? newsroom.period : periodOf(day);
  const sealed = sealMessage(crypto, {
    roster: newsroom.roster,
    // Slots of destroyed periods are gone; the reader's alone is made, and dropped below.
    recipients: age === "new" ? everybody : everybody.slice(0, 1),
    period,
    mailbox: source,
    messageId: crypto.random(16) as MessageId,
    addressed: new Set(everybody.map(({ entry }) => entry.position)),
    sealToSource: true,
    sender,
    body: { kind: "message", answers: newest.at(-1) ?? null, newest, text: text(), files: [] },
  });
  const { header, headerBytes, sealedSummary, sealedBody, slots } = parseMessage(
    crypto,
    sealed.bytes,
  );
  const hash = headerHash(crypto, headerBytes);
  const kept = { contentKey: sealed.contentKey, senderStatic: sender.public, day, sharedBy: null };
  return {
    mailboxId: header.mailboxId,
    messageId: header.messageId,
    day,
    by: isReply ? 1 : 0,
    header: headerBytes,
    headerHash: hash,
    deleteTokenHash: header.deleteTokenHash,
    sealedSummary,
    sealedBody,
    bodyHash: bodyHash(crypto, sealedBody),
    sourceSlot: slots[0] ?? new Uint8Array(0),
    rosterNumber: header.rosterNumber,
    period,
    slots: age === "new" ? slots.slice(1) : [],
    wrap: age === "new" ? null : sealWrap(crypto, archive, { ...kept, header: hash }),
  };
};

/** All messages of one new conversation; `opened` ones are between two weeks and two months old. */
export const makeConversation = (
  stage: Stage,
  messages = messageCount(),
): readonly MessageRow[] => {
  const { newsroom, age } = stage;
  const source = sourceKeys(crypto, newsroom.newsroomId, crypto.random(16));
  const day = age === "new" ? newsroom.day : newsroom.day - 14 - uniform(46);
  const rows: MessageRow[] = [];
  for (let i = 0; i < messages; i++) {
    const newest = rows.slice(-16).map((row) => row.headerHash as HeaderHash);
    rows.push(writeMessage({ ...stage, source, day, newest }));
  }
  return rows;
};
