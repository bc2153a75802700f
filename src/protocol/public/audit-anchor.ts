import { concat, readerOf, u8, u32 } from "./bytes.ts";
import { HASH } from "./limits.ts";

/**
 * The newest line's hash as a leaf of the key log, one each day whether anything happened or not: whoever reads the log learns
 * nothing of how much does. docs/protocol.md §18.5.
 */
export type AuditAnchor = { readonly day: number; readonly hash: Uint8Array };

/** Of the kinds that are no statement, docs/protocol.md §16.1. */
const ANCHOR_KIND = 64;

export const encodeAuditAnchor = ({ day, hash }: AuditAnchor): Uint8Array =>
  concat([u8(ANCHOR_KIND), u8(1), u32(day), hash]);

/** Null for a leaf of another kind. Throws bad-structure. */
export const parseAuditAnchor = (leaf: Uint8Array): AuditAnchor | null => {
  const reader = readerOf(leaf);
  if (reader.u8() !== ANCHOR_KIND || reader.u8() !== 1) return null;
  const anchor = { day: reader.u32(), hash: reader.bytes(HASH) };
  reader.end();
  return anchor;
};
