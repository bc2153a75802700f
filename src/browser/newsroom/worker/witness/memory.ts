import type { Reader } from "../../../../protocol/public/bytes.ts";
import { concat, hex, readerOf, u8, u16, u32, u64 } from "../../../../protocol/public/bytes.ts";
import type { LogPublicKey } from "../../../../protocol/public/crypto.ts";
import { HASH } from "../../../../protocol/public/limits.ts";
import type { Peaks } from "../../../../protocol/public/log-tree.ts";
import type { Member } from "../world.ts";

/**
 * What a member's browser remembers of the log, so that a server cannot begin another story: all of it in the vault, the
 * tree alone also in this browser's own storage, which no server can set back. docs/protocol.md §16.6.
 */

export type OwnKey = { readonly generation: number; readonly period: number };
export type ColleagueMark = {
  readonly memberNumber: number;
  readonly size: number;
  readonly vaultVersion: number;
};

export const CHANGE_KINDS = ["added", "keys", "void", "left", "stolen", "restored"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];
/** Somebody's place on the list became another with this roster; or they said that a backup was played in. */
export type Change = {
  readonly kind: ChangeKind;
  readonly memberNumber: number;
  readonly rosterNumber: number;
};

export type Memory = {
  readonly peaks: Peaks;
  readonly logKey: LogPublicKey;
  /** Every roster up to this number has been found in the log. */
  readonly rosterNumber: number;
  /** One's own messaging keys that the log holds, of periods that are not over. */
  readonly ownKeys: readonly OwnKey[];
  readonly colleagues: readonly ColleagueMark[];
  /** Not acknowledged yet. */
  readonly changes: readonly Change[];
  /** Leaf hashes of *restored* statements that have been accepted. */
  readonly restored: readonly Uint8Array[];
};

export const LOG_RECORD = "log";
const MOST_CHANGES = 200;

const encodePeaks = ({ size, hashes }: Peaks): Uint8Array =>
  concat([u64(size), u8(hashes.length), ...hashes]);

const readPeaks = (reader: Reader): Peaks => {
  const size = reader.u64();
  return { size, hashes: readMany(reader.u8(), () => reader.bytes(HASH)) };
};

const readMany = <One>(count: number, read: () => One): readonly One[] =>
  Array.from({ length: count }, read);

/** Records of the first days end before it. */
const readRestored = (reader: Reader): readonly Uint8Array[] =>
  reader.left() === 0 ? [] : readMany(reader.u16(), () => reader.bytes(HASH));

const list = (items: readonly Uint8Array[]): Uint8Array => concat([u16(items.length), ...items]);

export const encodeMemory = (memory: Memory): Uint8Array =>
  concat([
    u8(1),
    encodePeaks(memory.peaks),
    memory.logKey,
    u32(memory.rosterNumber),
    list(memory.ownKeys.map((key) => concat([u32(key.generation), u32(key.period)]))),
    list(
      memory.colleagues.map((one) =>
        concat([u16(one.memberNumber), u64(one.size), u32(one.vaultVersion)]),
      ),
    ),
    list(
      memory.changes
        .slice(-MOST_CHANGES)
        .map((one) =>
          concat([
            u8(CHANGE_KINDS.indexOf(one.kind)),
            u16(one.memberNumber),
            u32(one.rosterNumber),
          ]),
        ),
    ),
    list(memory.restored),
  ]);

/** Null before the first time, and for what another version wrote. */
export const parseMemory = (bytes: Uint8Array | null): Memory | null => {
  if (bytes === null) return null;
  const reader = readerOf(bytes);
  if (reader.u8() !== 1) return null;
  return {
    peaks: readPeaks(reader),
    logKey: reader.bytes(32) as LogPublicKey,
    rosterNumber: reader.u32(),
    ownKeys: readMany(reader.u16(), () => ({ generation: reader.u32(), period: reader.u32() })),
    colleagues: readMany(reader.u16(), () => ({
      memberNumber: reader.u16(),
      size: reader.u64(),
      vaultVersion: reader.u32(),
    })),
    changes: readMany(reader.u16(), () => ({
      kind: CHANGE_KINDS[reader.u8()] ?? "keys",
      memberNumber: reader.u16(),
      rosterNumber: reader.u32(),
    })),
    restored: readRestored(reader),
  };
};

/** What stands in the browser's own storage. */
export type Mark = {
  readonly peaks: Peaks;
  readonly vaultVersion: number;
  readonly restored: readonly Uint8Array[];
};

export const markKey = (member: Member): string =>
  `log:${hex(member.newsroomId)}:${member.me.userName}`;

export const encodeMark = ({ peaks, vaultVersion, restored }: Mark): Uint8Array =>
  concat([u8(1), u32(vaultVersion), encodePeaks(peaks), list(restored)]);

export const parseMark = (bytes: Uint8Array | null): Mark | null => {
  if (bytes === null) return null;
  const reader = readerOf(bytes);
  if (reader.u8() !== 1) return null;
  const vaultVersion = reader.u32();
  return { vaultVersion, peaks: readPeaks(reader), restored: readRestored(reader) };
};
