import type { Reader } from "../../../../protocol/public/bytes.ts";
import { concat, hex, readerOf, u8, u16, u32, u64 } from "../../../../protocol/public/bytes.ts";
import type { LogPublicKey, RosterHash } from "../../../../protocol/public/crypto.ts";
import { HASH } from "../../../../protocol/public/limits.ts";
import type { Peaks } from "../../../../protocol/public/log-tree.ts";
import type { Member } from "../world.ts";

/**
 * What a member's browser remembers of the log, so that a server cannot begin another story: all of it in the vault, the
 * tree alone also in this browser's own storage, which no server can set back. docs/protocol.md §16.6.
 */

export type OwnKey = { readonly generation: number; readonly period: number };
export type LoggedRoster = { readonly number: number; readonly hash: RosterHash };
/** Of a vault: two of one version have different hashes. */
export type VaultMark = { readonly vaultVersion: number; readonly vaultHash: Uint8Array };
export type ColleagueMark = VaultMark & { readonly memberNumber: number; readonly size: number };

/** As they are numbered in vaults. */
export const CHANGE_KINDS = [
  "added",
  "keys",
  "void",
  "left",
  "stolen",
  "restored",
  "newsroom-key",
  "newsroom-key-stolen",
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];
/** In the place of a member's number: the newsroom's own key is nobody's. */
export const NOBODY = 0;
/** Somebody's place on the list, or the newsroom's key, became another with this roster; or they said that a backup was played in. */
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
  /** Found in the log and not shown to staff. */
  readonly hidden: readonly LoggedRoster[];
  /** One's own messaging keys that the log holds, of periods that are not over. */
  readonly ownKeys: readonly OwnKey[];
  /** In one's own name and not one's own, as long as somebody could seal to them. */
  readonly foreign: readonly OwnKey[];
  readonly colleagues: readonly ColleagueMark[];
  /** Not acknowledged yet. */
  readonly changes: readonly Change[];
  /** Leaf hashes of *restored* statements that have been accepted or read: none of them explains anything more. */
  readonly restored: readonly Uint8Array[];
};

export const LOG_RECORD = "log";
const MOST_CHANGES = 200;
/** One would be enough: whoever signs more of them cannot fill a vault. */
const MOST_FOUND = 50;

const encodePeaks = ({ size, hashes }: Peaks): Uint8Array =>
  concat([u64(size), u8(hashes.length), ...hashes]);

const readPeaks = (reader: Reader): Peaks => {
  const size = reader.u64();
  return { size, hashes: readMany(reader.u8(), () => reader.bytes(HASH)) };
};

const readMany = <One>(count: number, read: () => One): readonly One[] =>
  Array.from({ length: count }, read);

const readHashes = (reader: Reader): readonly Uint8Array[] =>
  readMany(reader.u16(), () => reader.bytes(HASH));

const encodeKeys = (keys: readonly OwnKey[]): Uint8Array =>
  list(keys.map((key) => concat([u32(key.generation), u32(key.period)])));

const readKeys = (reader: Reader): readonly OwnKey[] =>
  readMany(reader.u16(), () => ({ generation: reader.u32(), period: reader.u32() }));

const encodeVaultMark = ({ vaultVersion, vaultHash }: VaultMark): Uint8Array =>
  concat([u32(vaultVersion), vaultHash]);

const readVaultMark = (reader: Reader): VaultMark => ({
  vaultVersion: reader.u32(),
  vaultHash: reader.bytes(HASH),
});

/** Another one leaves the browser's memory empty, as before the first look. */
const VERSION = 2;

const list = (items: readonly Uint8Array[]): Uint8Array => concat([u16(items.length), ...items]);

export const encodeMemory = (memory: Memory): Uint8Array =>
  concat([
    u8(VERSION),
    encodePeaks(memory.peaks),
    memory.logKey,
    u32(memory.rosterNumber),
    encodeKeys(memory.ownKeys),
    list(
      memory.colleagues.map((one) =>
        concat([u16(one.memberNumber), u64(one.size), encodeVaultMark(one)]),
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
    list(memory.hidden.slice(-MOST_FOUND).map((one) => concat([u32(one.number), one.hash]))),
    encodeKeys(memory.foreign.slice(-MOST_FOUND)),
  ]);

/** Null before the first time, and for what another version wrote. */
export const parseMemory = (bytes: Uint8Array | null): Memory | null => {
  if (bytes === null) return null;
  const reader = readerOf(bytes);
  if (reader.u8() !== VERSION) return null;
  return {
    peaks: readPeaks(reader),
    logKey: reader.bytes(32) as LogPublicKey,
    rosterNumber: reader.u32(),
    ownKeys: readKeys(reader),
    colleagues: readMany(reader.u16(), () => ({
      memberNumber: reader.u16(),
      size: reader.u64(),
      ...readVaultMark(reader),
    })),
    changes: readMany(reader.u16(), () => ({
      kind: CHANGE_KINDS[reader.u8()] ?? "keys",
      memberNumber: reader.u16(),
      rosterNumber: reader.u32(),
    })),
    restored: readHashes(reader),
    hidden: readMany(reader.u16(), () => ({
      number: reader.u32(),
      hash: reader.bytes(HASH) as RosterHash,
    })),
    foreign: readKeys(reader),
  };
};

/** What stands in the browser's own storage. */
export type Mark = VaultMark & {
  readonly peaks: Peaks;
  readonly restored: readonly Uint8Array[];
};

export const markKey = (member: Member): string =>
  `log:${hex(member.newsroomId)}:${member.me.userName}`;

export const encodeMark = (mark: Mark): Uint8Array =>
  concat([u8(VERSION), encodeVaultMark(mark), encodePeaks(mark.peaks), list(mark.restored)]);

export const parseMark = (bytes: Uint8Array | null): Mark | null => {
  if (bytes === null) return null;
  const reader = readerOf(bytes);
  if (reader.u8() !== VERSION) return null;
  return { ...readVaultMark(reader), peaks: readPeaks(reader), restored: readHashes(reader) };
};
