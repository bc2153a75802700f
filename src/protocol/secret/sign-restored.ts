import type { NewsroomId } from "../public/crypto.ts";
import { encodeRestored, type Restored } from "../public/restored.ts";
import type { NewsroomSeed, SecretCrypto } from "./crypto.ts";
import { sign } from "./sign.ts";

/** docs/protocol.md §16.7. */
export const signRestored = (
  crypto: SecretCrypto,
  restored: Restored,
  by: { readonly newsroomId: NewsroomId; readonly seed: NewsroomSeed },
): Uint8Array => sign(crypto, { kind: "restored", payload: encodeRestored(restored), ...by });
