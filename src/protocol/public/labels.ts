import { concat, sized, utf8 } from "./bytes.ts";
import type { PublicCrypto } from "./crypto.ts";

/** Every use of a hash or key has a label of its own (docs/protocol.md §1.3): no two purposes can collide. */
export const LABELS = [
  "newsroom-created",
  "newsroom-rotated",
  "newsroom-former",
  "newsroom-id",
  "newsroom-next",
  "newsroom-words",
  "newsroom-fingerprint",
  "roster",
  "roster-hash",
  "members-hash",
  "settings-hash",
  "messaging-key",
  "messaging-key-hash",
  "mailbox-id",
  "mailbox-keys",
  "mailbox-login",
  "mailbox-challenge",
  "codename-mailbox",
  "codename-static",
  "codename-reply",
  "header-hash",
  "content-hash",
  "commitment",
  "delete-token",
  "delete-token-hash",
  "summary",
  "body",
  "slot",
  "slot-sender",
  "slot-content",
  "archive-wrap",
  "archive-key-id",
  "chunk",
  "vault-salt",
  "vault-auth",
  "vault-unlock",
  "vault-key",
  "vault-record-key",
  "vault-record",
  "vault-list-key",
  "vault-list",
  "recovery-auth",
  "recovery-unlock",
  "invite-token",
  "invite-token-hash",
  "invite-words",
  "letter",
  "key-change",
  "key-change-proof",
  "key-change-words",
  "audit-body",
  "audit-line",
  "restored",
  "seen",
  "vault-version",
  "vault-device",
  "passkey-salt",
  "passkey-auth",
  "passkey-unlock",
  "factor-reset-token",
  "factor-reset-token-hash",
  "word-share-check",
  "word-share-rehearsal-key",
  "word-share-rehearsal",
  "recovery-request-words",
  "recovery-answer",
] as const;

export type Label = (typeof LABELS)[number];

/** `sealdrop/v1/<label>` as bytes, length-prefixed: the start of everything that is hashed, signed or authenticated. */
export const labelled = (label: Label, fields: readonly Uint8Array[]): Uint8Array =>
  concat([sized(utf8(`sealdrop/v1/${label}`)), ...fields.map(sized)]);

/** BLAKE2b-256 over label and length-prefixed fields. */
export const hash = (
  crypto: PublicCrypto,
  label: Label,
  fields: readonly Uint8Array[],
): Uint8Array => crypto.blake2b(32, labelled(label, fields));

/** 32 bytes from a secret key of at most 64 bytes, label and length-prefixed fields. */
export const derive = (crypto: PublicCrypto, key: Uint8Array, use: DeriveUse): Uint8Array =>
  crypto.blake2b(32, labelled(use.label, use.fields), key);

export type DeriveUse = { readonly label: Label; readonly fields: readonly Uint8Array[] };
