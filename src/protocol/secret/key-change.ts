import { concat } from "../public/bytes.ts";
import type { NewsroomId } from "../public/crypto.ts";
import { encodeKeyChange, type KeyChange, proofBytes } from "../public/key-change.ts";
import type { IdentitySeed, SecretCrypto } from "./crypto.ts";
import { sign } from "./sign.ts";

/** Asking for new lasting keys. docs/protocol.md §14.1. */
export type KeyChangePlan = {
  readonly newsroomId: NewsroomId;
  readonly change: KeyChange;
  readonly oldSeed: IdentitySeed;
  /** In the vault before the statement leaves this browser. */
  readonly newSeed: IdentitySeed;
};

export const signKeyChange = (crypto: SecretCrypto, plan: KeyChangePlan): Uint8Array => {
  const { newsroomId, change, oldSeed, newSeed } = plan;
  const proof = crypto.ed25519Sign(proofBytes(newsroomId, change), newSeed);
  const payload = concat([encodeKeyChange(change), proof]);
  return sign(crypto, { kind: "key-change", payload, newsroomId, seed: oldSeed });
};
