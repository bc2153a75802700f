import { concat, hex, readerOf, u8, u32 } from "../../../../protocol/public/bytes.ts";
import type { HeaderHash } from "../../../../protocol/public/crypto.ts";
import { messagingRecords } from "../vault.ts";
import type { World } from "../world.ts";
import type { Known } from "./known.ts";

/**
 * Short hashes of messages this reader deleted or whose copy it removed, kept until the period's key is gone: a server that kept the
 * slot cannot bring them back. docs/protocol.md §16.6.
 */
export type Forgotten = {
  any(): boolean;
  has(messageId: Uint8Array): boolean;
  /** Deleted for everybody before this unlock: what was listed earlier may still be on its way. */
  wasDeleted(headerHash: HeaderHash): boolean;
  anyDeleted(): boolean;
  add(messages: readonly Known[], how: "copy" | "everybody"): Promise<void>;
};

const COPIES = "deleted";
/** By the header, which binds mailbox and sender: a message id is the source's to choose, also a second time. */
const EVERYBODYS = "deleted-for-all";
const SHORT = 8;
const MOST = 5_000;

type Mark = { readonly period: number; readonly short: Uint8Array };

const parse = (bytes: Uint8Array | null): readonly Mark[] => {
  if (bytes === null) return [];
  const reader = readerOf(bytes);
  if (reader.u8() !== 1) return [];
  const marks: Mark[] = [];
  while (reader.left() >= 4 + SHORT)
    marks.push({ period: reader.u32(), short: reader.bytes(SHORT) });
  return marks;
};

const encode = (marks: readonly Mark[]): Uint8Array =>
  concat([u8(1), ...marks.flatMap(({ period, short }) => [u32(period), short])]);

/** Without what is of periods whose keys are gone. */
const withMarks = (
  current: ReadonlyMap<string, Uint8Array>,
  record: string,
  added: readonly Mark[],
): Uint8Array => {
  const held = new Set(messagingRecords([...current.keys()]).map(({ period }) => period));
  const kept = parse(current.get(record) ?? null).filter(({ period }) => held.has(period));
  return encode([...kept, ...added].slice(-MOST));
};

export const createForgotten = (world: World): Forgotten => {
  const { crypto, records } = world;
  const shortOf = (name: Uint8Array): Uint8Array => crypto.blake2b(SHORT, name);
  const shortsIn = (record: string): Set<string> =>
    new Set(parse(records.get(record)).map(({ short }) => hex(short)));
  const shorts = shortsIn(COPIES);
  const deleted = shortsIn(EVERYBODYS);
  return {
    any: () => shorts.size > 0,
    has: (messageId) => shorts.has(hex(shortOf(messageId))),
    anyDeleted: () => deleted.size > 0,
    wasDeleted: (headerHash) => deleted.has(hex(shortOf(headerHash))),
    add: async (messages, how) => {
      const marksOf = (name: "messageId" | "headerHash"): readonly Mark[] =>
        messages.map((one) => ({ period: one.period, short: shortOf(one[name]) }));
      const copies = marksOf("messageId");
      for (const { short } of copies) shorts.add(hex(short));
      await records.change((current) => {
        const put = new Map([[COPIES, withMarks(current, COPIES, copies)]]);
        if (how === "everybody") {
          put.set(EVERYBODYS, withMarks(current, EVERYBODYS, marksOf("headerHash")));
        }
        return { put };
      });
    },
  };
};
