import type { PublicCrypto } from "./crypto.ts";
import { hash } from "./labels.ts";

/** What the admin's browser sends and the server keeps instead of an invite's token. docs/protocol.md §14. */
export const inviteTokenHash = (crypto: PublicCrypto, token: Uint8Array): Uint8Array =>
  hash(crypto, "invite-token-hash", [token]);
