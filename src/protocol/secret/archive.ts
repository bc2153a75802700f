import { concat, readerOf, u16 } from "../public/bytes.ts";
import type { HeaderHash, StaticPublicKey } from "../public/crypto.ts";
import { labelled } from "../public/labels.ts";
import { NONCE, WRAP } from "../public/limits.ts";
import { storedDay } from "../public/time.ts";
import type { ArchiveKey, ContentKey, SecretCrypto } from "./crypto.ts";

/** A reader's own wrap of an opened message, or random bytes of the same length. docs/protocol.md §12.3. */
export type Archived = {
  readonly contentKey: ContentKey;
  readonly senderStatic: StaticPublicKey;
  readonly day: number;
  /** Member number of the colleague whose word all this is, where it came as shared history; null for what the own slot said. */
  readonly sharedBy: number | null;
};

export type Archive = { readonly id: Uint8Array; readonly key: ArchiveKey };

const adOf = (archive: Archive, header: HeaderHash): Uint8Array =>
  labelled("archive-wrap", [archive.id, header]);

/** No member has it: numbers begin at 1. */
const NOBODY = 0;

/** 108 bytes. */
export const sealWrap = (
  crypto: SecretCrypto,
  archive: Archive,
  item: Archived & { readonly header: HeaderHash },
): Uint8Array => {
  const nonce = crypto.random(NONCE);
  const text = concat([
    item.contentKey,
    item.senderStatic,
    u16(item.sharedBy ?? NOBODY),
    u16(storedDay(item.day)),
  ]);
  const ad = adOf(archive, item.header);
  return concat([nonce, crypto.aeadSeal({ key: archive.key, nonce, text, ad })]);
};

/** What is stored for a message that was not for this reader, or whose copy was removed. */
export const decoyWrap = (crypto: SecretCrypto): Uint8Array => crypto.random(WRAP);

/** What is stored for a message tried: a wrap of what was found, or a decoy where nothing was. */
export type WrapItem = (Archived & { readonly header: HeaderHash }) | null;

export const wrapOf = (crypto: SecretCrypto, archive: Archive, item: WrapItem): Uint8Array =>
  item === null ? decoyWrap(crypto) : sealWrap(crypto, archive, item);

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
  const sharedBy = reader.u16();
  return {
    contentKey,
    senderStatic,
    sharedBy: sharedBy === NOBODY ? null : sharedBy,
    day: reader.u16(),
  };
};
