import type { PublicCrypto } from "./crypto.ts";
import { hash } from "./labels.ts";

/** What the admin's browser sends and the server keeps instead of an invite's token. docs/protocol.md §14. */
export const inviteTokenHash = (crypto: PublicCrypto, token: Uint8Array): Uint8Array =>
  hash(crypto, "invite-token-hash", [token]);

/** The same of a link that sets a second factor anew. docs/protocol.md §13.8. */
export const factorResetTokenHash = (crypto: PublicCrypto, token: Uint8Array): Uint8Array =>
  hash(crypto, "factor-reset-token-hash", [token]);
