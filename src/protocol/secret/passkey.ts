import { base64url, utf8 } from "../public/bytes.ts";
import { derive, hash } from "../public/labels.ts";
import type { SecretCrypto } from "./crypto.ts";
import type { DoorKeys } from "./passphrase.ts";
import type { VaultDoor, VaultOwner } from "./vault.ts";

/** From what a passkey's authenticator calculates (WebAuthn's PRF) to the two keys of its door. docs/protocol.md §13.6. */

/** What the authenticator is given; the same for all passkeys of one person in one newsroom. */
export const passkeySalt = (crypto: SecretCrypto, owner: VaultOwner): Uint8Array =>
  hash(crypto, "passkey-salt", [owner.newsroomId, utf8(owner.userName)]);

export type PasskeyOutput = {
  readonly credentialId: Uint8Array;
  /** 32 bytes of the authenticator, the first of its two results. */
  readonly output: Uint8Array;
};

export const passkeyDoor = (credentialId: Uint8Array): VaultDoor =>
  `passkey:${base64url(credentialId)}`;

export const passkeyKeys = (
  crypto: SecretCrypto,
  owner: VaultOwner,
  { credentialId, output }: PasskeyOutput,
): DoorKeys => {
  const fields = [owner.newsroomId, utf8(owner.userName), credentialId];
  return {
    authKey: derive(crypto, output, { label: "passkey-auth", fields }),
    unlockKey: derive(crypto, output, { label: "passkey-unlock", fields }),
  };
};
