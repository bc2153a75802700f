import { concat, u8 } from "../public/bytes.ts";
import type {
  IdentityPublicKey,
  MailboxPublicKey,
  MessagingPublicKey,
  StaticPublicKey,
} from "../public/crypto.ts";
import { SealdropError } from "../public/errors.ts";
import { derive, hash } from "../public/labels.ts";
import { KEM_CIPHERTEXT, SLOT, TAG } from "../public/limits.ts";
import { ZERO_NONCE } from "./content.ts";
import type { ContentKey, MessagingSeed, SecretCrypto, StaticPrivateKey } from "./crypto.ts";

/** A slot wraps the content key for one position, or looks as if it did. docs/protocol.md §10.5. */

const NO_AD = new Uint8Array(0);
const BOX = 32 + TAG;

/** Whom a slot is for: position 0 is the source, whose mailbox key stands in for an identity. */
export type SlotTarget = {
  readonly headerBytes: Uint8Array;
  readonly position: number;
  readonly identity: IdentityPublicKey | MailboxPublicKey;
  readonly static: StaticPublicKey;
  readonly messaging: MessagingPublicKey;
};

export type StaticPair = {
  readonly public: StaticPublicKey;
  readonly private: StaticPrivateKey;
};

const bindingOf = (crypto: SecretCrypto, target: SlotTarget, ct: Uint8Array): Uint8Array =>
  hash(crypto, "slot", [
    target.headerBytes,
    u8(target.position),
    target.identity,
    target.static,
    target.messaging,
    ct,
  ]);

const senderKey = (crypto: SecretCrypto, sharedSecret: Uint8Array, binding: Uint8Array) =>
  derive(crypto, sharedSecret, { label: "slot-sender", fields: [binding] });

type ContentKdf = {
  readonly sharedSecret: Uint8Array;
  readonly agreed: Uint8Array;
  readonly fields: readonly Uint8Array[];
};

const contentKeyKey = (crypto: SecretCrypto, kdf: ContentKdf): Uint8Array =>
  derive(crypto, concat([kdf.sharedSecret, kdf.agreed]), {
    label: "slot-content",
    fields: kdf.fields,
  });

const encapsulate = (crypto: SecretCrypto, key: MessagingPublicKey) => {
  const made = crypto.kemEncapsulate(key, crypto.random(64));
  if (made === null) throw new SealdropError("no-reader");
  return made;
};

export type SlotContent = { readonly contentKey: ContentKey; readonly sender: StaticPair };

/** 1,216 bytes. Throws no-reader for keys that nobody can have made honestly. */
export const sealSlot = (
  crypto: SecretCrypto,
  target: SlotTarget,
  { contentKey, sender }: SlotContent,
): Uint8Array => {
  const { ciphertext, sharedSecret } = encapsulate(crypto, target.messaging);
  const agreed = crypto.x25519(sender.private, target.static);
  if (agreed === null) throw new SealdropError("no-reader");
  const binding = bindingOf(crypto, target, ciphertext);
  const box = (key: Uint8Array, text: Uint8Array) =>
    crypto.aeadSeal({ key, nonce: ZERO_NONCE, text, ad: NO_AD });
  const c1 = box(senderKey(crypto, sharedSecret, binding), sender.public);
  const fields = [binding, sender.public, c1];
  const c2 = box(contentKeyKey(crypto, { sharedSecret, agreed, fields }), contentKey);
  crypto.wipe(sharedSecret);
  crypto.wipe(agreed);
  return concat([ciphertext, c1, c2]);
};

/** A true encapsulation whose secret is thrown away: random bytes would show, ML-KEM ciphertexts are not uniform. */
export const decoySlot = (crypto: SecretCrypto, messaging: MessagingPublicKey): Uint8Array => {
  const { ciphertext, sharedSecret } = encapsulate(crypto, messaging);
  crypto.wipe(sharedSecret);
  return concat([ciphertext, crypto.random(2 * BOX)]);
};

/** For a position that nobody can be reached at: a key pair made on the spot. */
export const throwawayKey = (crypto: SecretCrypto): MessagingPublicKey => {
  const seed = crypto.random(32);
  const key = crypto.kemPublicKey(seed) as MessagingPublicKey;
  crypto.wipe(seed);
  return key;
};

export type SlotKeys = {
  readonly messagingSeed: MessagingSeed;
  readonly staticPrivate: StaticPrivateKey;
};

export type OpenedSlot = {
  readonly contentKey: ContentKey;
  readonly senderStatic: StaticPublicKey;
};

type Parts = { readonly ct: Uint8Array; readonly c1: Uint8Array; readonly c2: Uint8Array };

const split = (slot: Uint8Array): Parts => {
  if (slot.length !== SLOT) throw new SealdropError("bad-structure");
  return {
    ct: slot.subarray(0, KEM_CIPHERTEXT),
    c1: slot.subarray(KEM_CIPHERTEXT, KEM_CIPHERTEXT + BOX),
    c2: slot.subarray(KEM_CIPHERTEXT + BOX),
  };
};

export type SlotTry = { readonly target: SlotTarget; readonly keys: SlotKeys };

/**
 * Null: not for me. Throws message-broken when the slot is for me but does not hold together, bad-structure for a wrong length.
 */
export const openSlot = (
  crypto: SecretCrypto,
  slot: Uint8Array,
  { target, keys }: SlotTry,
): OpenedSlot | null => {
  const { ct, c1, c2 } = split(slot);
  const sharedSecret = crypto.kemDecapsulate(ct, keys.messagingSeed);
  if (sharedSecret === null) return null;
  const binding = bindingOf(crypto, target, ct);
  const unbox = (key: Uint8Array, text: Uint8Array) =>
    crypto.aeadOpen({ key, nonce: ZERO_NONCE, text, ad: NO_AD });
  const senderStatic = unbox(senderKey(crypto, sharedSecret, binding), c1);
  if (senderStatic === null) return null;
  const agreed = crypto.x25519(keys.staticPrivate, senderStatic);
  if (agreed === null) throw new SealdropError("message-broken");
  const fields = [binding, senderStatic, c1];
  const contentKey = unbox(contentKeyKey(crypto, { sharedSecret, agreed, fields }), c2);
  crypto.wipe(sharedSecret);
  crypto.wipe(agreed);
  if (contentKey === null) throw new SealdropError("message-broken");
  return { contentKey: contentKey as ContentKey, senderStatic: senderStatic as StaticPublicKey };
};
