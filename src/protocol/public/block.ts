import { concat, readerOf, u8, u16, u32 } from "./bytes.ts";
import { SealdropError } from "./errors.ts";
import { BLOCK_ROWS, HASH, HEADER, SEALED_SUMMARY, SLOT, WRAP } from "./limits.ts";

/** What a reader's client fetches to build its inbox: up to 256 messages without bodies. docs/protocol.md §12.1. */
export type BlockRow = {
  readonly arrival: number;
  readonly day: number;
  readonly by: Writer;
  readonly header: Uint8Array;
  readonly bodyHash: Uint8Array;
  readonly sealedSummary: Uint8Array;
  /** The reader's own slot until it is tried, then the reader's own wrap; null when there is neither. */
  readonly own: { readonly kind: "slot" | "wrap"; readonly bytes: Uint8Array } | null;
};

export const WRITERS = ["source", "newsroom"] as const;
/** On which listener a message arrived: the server's word, shown but never trusted. */
export type Writer = (typeof WRITERS)[number];

export type Block = { readonly rows: readonly BlockRow[]; readonly more: boolean };

const ownBytes = (row: BlockRow): Uint8Array => {
  if (row.own === null) return u8(0);
  return concat([u8(row.own.kind === "slot" ? 1 : 2), row.own.bytes]);
};

export const encodeBlock = (block: Block): Uint8Array =>
  concat([
    u16(block.rows.length),
    u8(block.more ? 1 : 0),
    ...block.rows.map((row) =>
      concat([
        u32(row.arrival),
        u32(row.day),
        u8(WRITERS.indexOf(row.by)),
        row.header,
        row.bodyHash,
        row.sealedSummary,
        ownBytes(row),
      ]),
    ),
  ]);

/** Throws bad-structure. */
export const parseBlock = (bytes: Uint8Array): Block => {
  const reader = readerOf(bytes);
  const own = (): BlockRow["own"] => {
    const kind = reader.u8();
    if (kind === 0) return null;
    if (kind === 1) return { kind: "slot", bytes: reader.bytes(SLOT) };
    if (kind === 2) return { kind: "wrap", bytes: reader.bytes(WRAP) };
    throw new SealdropError("bad-structure");
  };
  const row = (): BlockRow => {
    const arrival = reader.u32();
    const day = reader.u32();
    const by = writerOf(reader.u8());
    const header = reader.bytes(HEADER);
    const bodyHash = reader.bytes(HASH);
    const sealedSummary = reader.bytes(SEALED_SUMMARY);
    return { arrival, day, by, header, bodyHash, sealedSummary, own: own() };
  };
  const count = reader.u16();
  if (count > BLOCK_ROWS) throw new SealdropError("bad-structure");
  const more = flagOf(reader.u8());
  const rows = Array.from({ length: count }, row);
  reader.end();
  return { rows, more };
};

const flagOf = (number: number): boolean => {
  if (number > 1) throw new SealdropError("bad-structure");
  return number === 1;
};

const writerOf = (number: number): Writer => {
  const by = WRITERS[number];
  if (by === undefined) throw new SealdropError("bad-structure");
  return by;
};

/** One message as a returning source gets it. docs/protocol.md §12.2. */
export type MailboxRow = {
  readonly arrival: number;
  readonly day: number;
  readonly by: Writer;
  readonly header: Uint8Array;
  readonly sealedSummary: Uint8Array;
  readonly sealedBody: Uint8Array;
  readonly slot: Uint8Array;
};

export type MailboxAnswer = { readonly rows: readonly MailboxRow[]; readonly more: boolean };

export const encodeMailboxRow = (row: MailboxRow): Uint8Array =>
  concat([
    u32(row.arrival),
    u32(row.day),
    u8(WRITERS.indexOf(row.by)),
    row.header,
    row.sealedSummary,
    u32(row.sealedBody.length),
    row.sealedBody,
    row.slot,
  ]);

export const encodeMailboxAnswer = (answer: MailboxAnswer): Uint8Array =>
  concat([u32(answer.rows.length), ...answer.rows.map(encodeMailboxRow), u8(answer.more ? 1 : 0)]);

/** Throws bad-structure. */
export const parseMailboxAnswer = (bytes: Uint8Array): MailboxAnswer => {
  const reader = readerOf(bytes);
  const count = reader.u32();
  if (count > bytes.length / HEADER) throw new SealdropError("bad-structure");
  const rows = Array.from({ length: count }, () => {
    const arrival = reader.u32();
    const day = reader.u32();
    const by = writerOf(reader.u8());
    const header = reader.bytes(HEADER);
    const sealedSummary = reader.bytes(SEALED_SUMMARY);
    const sealedBody = reader.sized(1_048_592);
    return { arrival, day, by, header, sealedSummary, sealedBody, slot: reader.bytes(SLOT) };
  });
  const more = flagOf(reader.u8());
  reader.end();
  return { rows, more };
};
