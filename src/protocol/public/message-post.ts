import { concat, hex, readerOf, u16, u32 } from "./bytes.ts";
import type { PublicCrypto, UploadId } from "./crypto.ts";
import { type Message, parseMessage } from "./envelope.ts";
import { SealdropError } from "./errors.ts";
import { ID, MAX_FILES, MAX_PARTS } from "./limits.ts";

/** What is posted: the uploads the message claims, then the message. docs/protocol.md §10.6. */
export type UploadClaim = { readonly uploadId: UploadId; readonly partCount: number };

export type MessagePost = { readonly uploads: readonly UploadClaim[]; readonly message: Message };

export const encodeMessagePost = (
  uploads: readonly UploadClaim[],
  message: Uint8Array,
): Uint8Array =>
  concat([
    u16(uploads.length),
    ...uploads.flatMap((upload) => [upload.uploadId, u32(upload.partCount)]),
    message,
  ]);

/** Throws bad-structure: also for an upload named twice. */
export const parseMessagePost = (crypto: PublicCrypto, bytes: Uint8Array): MessagePost => {
  const reader = readerOf(bytes);
  const count = reader.u16();
  if (count > MAX_FILES) throw new SealdropError("bad-structure");
  const uploads = Array.from({ length: count }, () => {
    const uploadId = reader.bytes(ID) as UploadId;
    const partCount = reader.u32();
    if (partCount < 1 || partCount > MAX_PARTS) throw new SealdropError("bad-structure");
    return { uploadId, partCount };
  });
  if (new Set(uploads.map((upload) => hex(upload.uploadId))).size !== count) {
    throw new SealdropError("bad-structure");
  }
  return { uploads, message: parseMessage(crypto, reader.bytes(reader.left())) };
};
