import type { PublicCrypto } from "../public/crypto.ts";

/** The half of the crypto library that touches plaintext and private keys. docs/protocol.md §1. */
export interface SecretCrypto extends PublicCrypto {
  /** XChaCha20-Poly1305: key 32, nonce 24; the answer is ciphertext and 16-byte tag. */
  aeadSeal(input: AeadInput): Uint8Array;
  /** Null when the tag does not fit, and for lengths that cannot be right. */
  aeadOpen(input: AeadInput): Uint8Array | null;
  /** X-Wing public key (1,216 bytes) of a 32-byte seed; the seed is the private key. */
  kemPublicKey(seed: Uint8Array): Uint8Array;
  /** Encapsulates from 64 bytes of randomness; null for a public key that cannot be used. */
  kemEncapsulate(publicKey: Uint8Array, randomness: Uint8Array): Encapsulation | null;
  /** Null whenever the library fails or throws. */
  kemDecapsulate(ciphertext: Uint8Array, seed: Uint8Array): Uint8Array | null;
  /** Ed25519 from a 32-byte seed. */
  ed25519PublicKey(seed: Uint8Array): Uint8Array;
  ed25519Sign(message: Uint8Array, seed: Uint8Array): Uint8Array;
  /** Overwrites key bytes that are no longer needed. */
  wipe(secret: Uint8Array): void;
}

export type AeadInput = {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly text: Uint8Array;
  readonly ad: Uint8Array;
};

export type Encapsulation = { readonly ciphertext: Uint8Array; readonly sharedSecret: Uint8Array };

/** Only the newsroom's bundle and the tests hold Argon2id. */
export interface PassphraseCrypto extends SecretCrypto {
  argon2id(input: Argon2idInput): Uint8Array;
}

export type Argon2idInput = {
  readonly passphrase: Uint8Array;
  readonly salt: Uint8Array;
  readonly memoryKiB: number;
  readonly passes: number;
  readonly length: number;
};

type Role<Name extends string> = Uint8Array & { readonly role: Name };
export type NewsroomSeed = Role<"newsroom-seed">;
export type IdentitySeed = Role<"identity-seed">;
export type StaticPrivateKey = Role<"static-private">;
export type MessagingSeed = Role<"messaging-seed">;
export type MailboxPrivateKey = Role<"mailbox-private">;
export type ArchiveKey = Role<"archive-key">;
export type ContentKey = Role<"content-key">;
export type FileKey = Role<"file-key">;
export type VaultKey = Role<"vault-key">;
