import { concat, hex, readerOf, u8, u32 } from "../../../../protocol/public/bytes.ts";
import { messagingRecords } from "../vault.ts";
import type { World } from "../world.ts";
import type { Known } from "./known.ts";

/**
 * Short hashes of messages this reader deleted or whose copy it removed, kept until the period's key is gone: a server that kept the
 * slot cannot bring them back. docs/protocol.md §12.4.
 */
export type Forgotten = {
  any(): boolean;
  has(messageId: Uint8Array): boolean;
  add(messages: readonly Known[]): Promise<void>;
};

const RECORD = "deleted";
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

export const createForgotten = (world: World): Forgotten => {
  const { crypto, records } = world;
  const shortOf = (messageId: Uint8Array): Uint8Array => crypto.blake2b(SHORT, messageId);
  const shorts = new Set(parse(records.get(RECORD)).map(({ short }) => hex(short)));
  return {
    any: () => shorts.size > 0,
    has: (messageId) => shorts.has(hex(shortOf(messageId))),
    add: async (messages) => {
      const added = messages.map(({ period, messageId }) => ({
        period,
        short: shortOf(messageId),
      }));
      for (const { short } of added) shorts.add(hex(short));
      await records.change((current) => {
        const held = new Set(messagingRecords([...current.keys()]).map(({ period }) => period));
        const kept = parse(current.get(RECORD) ?? null).filter(({ period }) => held.has(period));
        const marks = [...kept, ...added].slice(-MOST);
        return { put: new Map([[RECORD, encode(marks)]]) };
      });
    },
  };
};
