import { paddedLength } from "../public/attachment.ts";
import { concat, u8, u32 } from "../public/bytes.ts";
import type { UploadId } from "../public/crypto.ts";
import { SealdropError } from "../public/errors.ts";
import { labelled } from "../public/labels.ts";
import { CHUNK, NONCE } from "../public/limits.ts";
import type { FileKey, SecretCrypto } from "./crypto.ts";

/** Chunks of a sealed file. docs/protocol.md §11. A random nonce each, so a chunk may be sealed again after a failure. */
export type ChunkPlace = {
  readonly uploadId: UploadId;
  readonly index: number;
  readonly final: boolean;
};

export type FileToSeal = {
  readonly key: FileKey;
  readonly uploadId: UploadId;
  /** True length. */
  readonly length: number;
};

const adOf = (place: ChunkPlace): Uint8Array =>
  labelled("chunk", [place.uploadId, u32(place.index), u8(place.final ? 1 : 0)]);

/** Which bytes of the true file chunk `index` holds, and how long it is with padding. */
export const chunkRange = (length: number, index: number): ChunkRange => {
  const padded = paddedLength(length);
  const start = index * CHUNK;
  const end = start + CHUNK < padded ? start + CHUNK : padded;
  const within = (offset: number): number => (offset < length ? offset : length);
  return { from: within(start), to: within(end), length: end - start, final: end === padded };
};

export type ChunkRange = {
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly final: boolean;
};

export type ChunkText = { readonly index: number; readonly bytes: Uint8Array };

/** `bytes`: the file's own bytes of `chunkRange`; padding is added here. At most 1 MiB comes back. */
export const sealChunk = (crypto: SecretCrypto, file: FileToSeal, chunk: ChunkText): Uint8Array => {
  const range = chunkRange(file.length, chunk.index);
  if (chunk.bytes.length !== range.to - range.from) throw new SealdropError("chunk-broken");
  const text =
    chunk.bytes.length === range.length ? chunk.bytes : paddedTo(chunk.bytes, range.length);
  const nonce = crypto.random(NONCE);
  const ad = adOf({ uploadId: file.uploadId, index: chunk.index, final: range.final });
  return concat([nonce, crypto.aeadSeal({ key: file.key, nonce, text, ad })]);
};

const paddedTo = (bytes: Uint8Array, length: number): Uint8Array => {
  const padded = new Uint8Array(length);
  padded.set(bytes);
  return padded;
};

/** The file's own bytes of that chunk, padding cut off. Throws chunk-broken. */
export const openChunk = (crypto: SecretCrypto, file: FileToSeal, part: ChunkText): Uint8Array => {
  const range = chunkRange(file.length, part.index);
  const opened = crypto.aeadOpen({
    key: file.key,
    nonce: part.bytes.subarray(0, NONCE),
    text: part.bytes.subarray(NONCE),
    ad: adOf({ uploadId: file.uploadId, index: part.index, final: range.final }),
  });
  if (opened === null || opened.length !== range.length) throw new SealdropError("chunk-broken");
  return opened.subarray(0, range.to - range.from);
};
