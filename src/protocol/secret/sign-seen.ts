import type { NewsroomId } from "../public/crypto.ts";
import { encodeSeen, type Seen } from "../public/seen.ts";
import type { IdentitySeed, SecretCrypto } from "./crypto.ts";
import { sign } from "./sign.ts";

/** docs/protocol.md §16.5. */
export const signSeen = (
  crypto: SecretCrypto,
  seen: Seen,
  by: { readonly newsroomId: NewsroomId; readonly seed: IdentitySeed },
): Uint8Array => sign(crypto, { kind: "seen", payload: encodeSeen(seen), ...by });
