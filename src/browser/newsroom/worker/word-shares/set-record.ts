import { concat, type Reader, readerOf, u8, u16, u32 } from "../../../../protocol/public/bytes.ts";
import { SealdropError } from "../../../../protocol/public/errors.ts";
import { HASH, ID } from "../../../../protocol/public/limits.ts";
import { MOST_HOLDERS, type SharedWords } from "../../../../protocol/secret/word-share.ts";

/** What the owner's vault keeps of a set: who has a share, and by what each can prove it; never a share. docs/protocol.md §19.2. */

export const PROOFS = ["none", "right", "wrong"] as const;
export type Proof = (typeof PROOFS)[number];

export type SetHolder = {
  readonly member: number;
  readonly rehearsalKey: Uint8Array;
  readonly proof: Proof;
  /** Of the proof. */
  readonly day: number;
};

/** A set that this one takes the place of, until its holders are told. */
export type FormerSet = { readonly setId: Uint8Array; readonly holders: readonly number[] };

export type SetRecord = {
  readonly setId: Uint8Array;
  readonly serial: number;
  readonly needed: number;
  readonly day: number;
  /** Of which words: other words have another mark. */
  readonly mark: Uint8Array;
  /** Of the rehearsal that was asked for last; zeros before the first. */
  readonly nonce: Uint8Array;
  readonly askedDay: number;
  readonly holders: readonly SetHolder[];
  readonly former: readonly FormerSet[];
};

export const setRecordId = (words: SharedWords): string => `share-set:${words}`;
const MOST_FORMER = 8;

const list = (items: readonly Uint8Array[]): Uint8Array => concat([u8(items.length), ...items]);

const readMany = <One>(reader: Reader, most: number, read: () => One): readonly One[] => {
  const count = reader.u8();
  if (count > most) throw new SealdropError("bad-structure");
  return Array.from({ length: count }, read);
};

export const encodeSetRecord = (record: SetRecord): Uint8Array =>
  concat([
    u8(1),
    record.setId,
    u32(record.serial),
    u8(record.needed),
    u32(record.day),
    record.mark,
    record.nonce,
    u32(record.askedDay),
    list(
      record.holders.map(({ member, rehearsalKey, proof, day }) =>
        concat([u16(member), rehearsalKey, u8(PROOFS.indexOf(proof)), u32(day)]),
      ),
    ),
    list(
      record.former
        .slice(-MOST_FORMER)
        .map(({ setId, holders }) => concat([setId, list(holders.map(u16))])),
    ),
  ]);

/** Null where there is none. Throws bad-structure. */
export const parseSetRecord = (bytes: Uint8Array | null | undefined): SetRecord | null => {
  if (bytes === null || bytes === undefined) return null;
  const reader = readerOf(bytes);
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const record = {
    setId: reader.bytes(ID),
    serial: reader.u32(),
    needed: reader.u8(),
    day: reader.u32(),
    mark: reader.bytes(HASH),
    nonce: reader.bytes(HASH),
    askedDay: reader.u32(),
    holders: readMany(reader, MOST_HOLDERS, () => ({
      member: reader.u16(),
      rehearsalKey: reader.bytes(HASH),
      proof: PROOFS[reader.u8()] ?? "none",
      day: reader.u32(),
    })),
    former: readMany(reader, MOST_FORMER, () => ({
      setId: reader.bytes(ID),
      holders: readMany(reader, MOST_HOLDERS, () => reader.u16()),
    })),
  };
  reader.end();
  return record;
};
