import { partCount } from "../public/attachment.ts";
import { concat, type Reader, readerOf, sized, u8, u16, u32, u64, utf8 } from "../public/bytes.ts";
import type {
  HeaderHash,
  MailboxPublicKey,
  MessagingPublicKey,
  StaticPublicKey,
  UploadId,
} from "../public/crypto.ts";
import { SealdropError } from "../public/errors.ts";
import {
  BODY_CLASSES,
  HASH,
  ID,
  KEM_PUBLIC_KEY,
  MAX_FILE,
  MAX_FILE_NAME,
  MAX_FILE_TYPE,
  MAX_FILES,
  NEWEST_PLACES,
  READER_MAP,
} from "../public/limits.ts";
import type { MailboxKeys } from "../public/mailbox.ts";
import type { FileKey } from "./crypto.ts";

/** What a sealed body says. docs/protocol.md §10.3. */
export type Body = {
  readonly kind: BodyKind;
  readonly source: MailboxKeys;
  /** Positions (1 to 40) of the named roster that can read this. */
  readonly readers: readonly number[];
  /** Header hash of the message this one answers; null for a tip. */
  readonly answers: HeaderHash | null;
  /** Header hashes of the newest messages the sender's view holds, at most 16. */
  readonly newest: readonly HeaderHash[];
  readonly text: string;
  readonly files: readonly FileEntry[];
};

export const BODY_KINDS = ["message", "share"] as const;
export type BodyKind = (typeof BODY_KINDS)[number];

export type FileEntry = {
  readonly uploadId: UploadId;
  readonly key: FileKey;
  readonly name: string;
  readonly type: string;
  /** True length in bytes, without padding. */
  readonly length: number;
  readonly partCount: number;
  /** What was done about hidden data: 0 nothing was looked at. */
  readonly cleaned: number;
};

const NO_HASH = new Uint8Array(HASH);
export const FIXED_PART = 1 + 32 + 32 + KEM_PUBLIC_KEY + READER_MAP + HASH + NEWEST_PLACES * HASH;

const readerMap = (positions: readonly number[]): Uint8Array => {
  const map = new Uint8Array(READER_MAP);
  for (const position of positions) {
    const bit = position - 1;
    map[bit >> 3] = (map[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  }
  return map;
};

const positionsOf = (map: Uint8Array): readonly number[] =>
  Array.from({ length: READER_MAP * 8 }, (_, bit) => bit)
    .filter((bit) => ((map[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0)
    .map((bit) => bit + 1);

const BYTES_A_CHARACTER = 4;

/** Throws bad-structure for what no reader would accept: better here than after sending. */
const shortText = (text: string, characters: number): Uint8Array => {
  const bytes = utf8(text);
  if (bytes.length > characters * BYTES_A_CHARACTER) throw new SealdropError("bad-structure");
  return sized(bytes);
};

const encodeFile = (file: FileEntry): Uint8Array =>
  concat([
    file.uploadId,
    file.key,
    shortText(file.name, MAX_FILE_NAME),
    shortText(file.type, MAX_FILE_TYPE),
    u64(file.length),
    u32(file.partCount),
    u8(file.cleaned),
  ]);

const encodeEntries = (body: Pick<Body, "text" | "files">): Uint8Array =>
  concat([sized(utf8(body.text)), u16(body.files.length), ...body.files.map(encodeFile)]);

/** How many bytes a text and its files will take of a body: what a page counts while somebody types. */
export const contentLength = (body: Pick<Body, "text" | "files">): number =>
  FIXED_PART + 4 + encodeEntries(body).length;

export const MAX_CONTENT = 1_048_576;

/** The smallest class that holds so many bytes. Throws message-too-long. */
export const bodyClassOf = (length: number): number => {
  const found = BODY_CLASSES.findIndex((size) => size >= length);
  if (found < 0) throw new SealdropError("message-too-long");
  return found;
};

const newestPlaces = (newest: readonly HeaderHash[]): Uint8Array =>
  concat(Array.from({ length: NEWEST_PLACES }, (_, i) => newest[i] ?? NO_HASH));

/** Padded to its class. Throws message-too-long. */
export const encodeBody = (body: Body): Uint8Array => {
  const entries = encodeEntries(body);
  const start = concat([
    u8(BODY_KINDS.indexOf(body.kind)),
    body.source.mailbox,
    body.source.static,
    body.source.reply,
    readerMap(body.readers),
    body.answers ?? NO_HASH,
    newestPlaces(body.newest),
    sized(entries),
  ]);
  const padded = new Uint8Array(BODY_CLASSES[bodyClassOf(start.length)] ?? 0);
  padded.set(start);
  return padded;
};

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

/** Used places come first: a gap would be a second spelling. */
const parseNewest = (reader: Reader): readonly HeaderHash[] => {
  const places = Array.from({ length: NEWEST_PLACES }, () => reader.bytes(HASH) as HeaderHash);
  const unused = places.findIndex(isZero);
  if (unused < 0) return places;
  if (!places.slice(unused).every(isZero)) throw new SealdropError("bad-structure");
  return places.slice(0, unused);
};

const parseEntries = (bytes: Uint8Array): Pick<Body, "text" | "files"> => {
  const reader = readerOf(bytes);
  const text = reader.text(bytes.length);
  const count = reader.u16();
  if (count > MAX_FILES) throw new SealdropError("bad-structure");
  const files = Array.from({ length: count }, () => {
    const uploadId = reader.bytes(ID) as UploadId;
    const key = reader.bytes(32) as FileKey;
    const name = reader.text(MAX_FILE_NAME * BYTES_A_CHARACTER);
    const type = reader.text(MAX_FILE_TYPE * BYTES_A_CHARACTER);
    const length = reader.u64();
    const parts = reader.u32();
    // The length decides where the file ends; a count that says otherwise would be a second truth.
    if (length > MAX_FILE || parts !== partCount(length)) throw new SealdropError("bad-structure");
    return { uploadId, key, name, type, length, partCount: parts, cleaned: reader.u8() };
  });
  reader.end();
  return { text, files };
};

/** Throws bad-structure. */
export const parseBody = (padded: Uint8Array): Body => {
  const reader = readerOf(padded);
  const kind = BODY_KINDS[reader.u8()];
  if (kind === undefined) throw new SealdropError("bad-structure");
  const source: MailboxKeys = {
    mailbox: reader.bytes(32) as MailboxPublicKey,
    static: reader.bytes(32) as StaticPublicKey,
    reply: reader.bytes(KEM_PUBLIC_KEY) as MessagingPublicKey,
  };
  const readers = positionsOf(reader.bytes(READER_MAP));
  const answers = reader.bytes(HASH) as HeaderHash;
  const newest = parseNewest(reader);
  const entries = parseEntries(reader.sized(padded.length));
  const smallest = BODY_CLASSES[bodyClassOf(padded.length - reader.left())];
  if (padded.length !== smallest) throw new SealdropError("bad-structure");
  if (!isZero(reader.bytes(reader.left()))) throw new SealdropError("bad-structure");
  return {
    kind,
    source,
    readers,
    answers: isZero(answers) ? null : answers,
    newest,
    ...entries,
  };
};
