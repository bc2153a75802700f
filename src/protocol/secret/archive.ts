import { concat, readerOf, u32 } from "../public/bytes.ts";
import type { HeaderHash, StaticPublicKey } from "../public/crypto.ts";
import { labelled } from "../public/labels.ts";
import { NONCE, WRAP } from "../public/limits.ts";
import type { ArchiveKey, ContentKey, SecretCrypto } from "./crypto.ts";

/** A reader's own wrap of an opened message, or random bytes of the same length. docs/protocol.md §12.3. */
export type Archived = {
  readonly contentKey: ContentKey;
  readonly senderStatic: StaticPublicKey;
  readonly day: number;
};

export type Archive = { readonly id: Uint8Array; readonly key: ArchiveKey };

const adOf = (archive: Archive, header: HeaderHash): Uint8Array =>
  labelled("archive-wrap", [archive.id, header]);

/** 108 bytes. */
export const sealWrap = (
  crypto: SecretCrypto,
  archive: Archive,
  item: Archived & { readonly header: HeaderHash },
): Uint8Array => {
  const nonce = crypto.random(NONCE);
  const text = concat([item.contentKey, item.senderStatic, u32(item.day)]);
  const ad = adOf(archive, item.header);
  return concat([nonce, crypto.aeadSeal({ key: archive.key, nonce, text, ad })]);
};

/** What is stored for a message that was not for this reader, or whose copy was removed. */
export const decoyWrap = (crypto: SecretCrypto): Uint8Array => crypto.random(WRAP);

export type WrapTry = { readonly wrap: Uint8Array; readonly header: HeaderHash };

/** Null for a decoy and for anything tampered with. */
export const openWrap = (
  crypto: SecretCrypto,
  archive: Archive,
  { wrap, header }: WrapTry,
): Archived | null => {
  if (wrap.length !== WRAP) return null;
  const opened = crypto.aeadOpen({
    key: archive.key,
    nonce: wrap.subarray(0, NONCE),
    text: wrap.subarray(NONCE),
    ad: adOf(archive, header),
  });
  if (opened === null) return null;
  const reader = readerOf(opened);
  const contentKey = reader.bytes(32) as ContentKey;
  const senderStatic = reader.bytes(32) as StaticPublicKey;
  return { contentKey, senderStatic, day: reader.u32() };
};
