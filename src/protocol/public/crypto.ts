/**
 * What the protocol needs from a crypto library, as seen by everybody: hashing, verifying, Diffie-Hellman.
 * Nothing here opens, seals or signs; that half is `protocol/secret/crypto.ts`. docs/protocol.md §1.
 */
export interface PublicCrypto {
  readonly backend: "sodium" | "noble" | "sumo";
  /** The only source of randomness. Tests and vectors replace it. */
  random(length: number): Uint8Array;
  /** BLAKE2b of 1 to 64 bytes, keyed with 0 to 64 bytes. */
  blake2b(length: number, input: Uint8Array, key?: Uint8Array): Uint8Array;
  sha256(input: Uint8Array): Uint8Array;
  /** Cofactorless and strict (§1.2); wrong lengths are false, never an exception. */
  verifyEd25519(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  /** Null for a low-order point (an all-zero result) and for wrong lengths. */
  x25519(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | null;
  x25519PublicKey(privateKey: Uint8Array): Uint8Array;
}

type Role<Name extends string> = Uint8Array & { readonly role: Name };

/** Public keys and ids: a key's role is its type, so that one cannot stand where another belongs. */
export type NewsroomPublicKey = Role<"newsroom-public">;
export type IdentityPublicKey = Role<"identity-public">;
export type StaticPublicKey = Role<"static-public">;
export type MessagingPublicKey = Role<"messaging-public">;
export type MailboxPublicKey = Role<"mailbox-public">;
export type NewsroomId = Role<"newsroom-id">;
export type MailboxId = Role<"mailbox-id">;
export type MessageId = Role<"message-id">;
export type UploadId = Role<"upload-id">;
export type HeaderHash = Role<"header-hash">;
export type RosterHash = Role<"roster-hash">;
/** Signs the log's checkpoints; its private half is the server's. */
export type LogPublicKey = Role<"log-public">;
