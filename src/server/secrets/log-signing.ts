import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import type { LogPublicKey } from "../../protocol/public/crypto.ts";

/**
 * The one signature the server makes: over checkpoints of its log. It stands here, beside the other secrets, because the
 * crypto that the rest of the server is given can only verify.
 */
export type LogSigner = { readonly key: LogPublicKey; sign(text: Uint8Array): Uint8Array };

/** RFC 8410: what stands before the 32 bytes of an Ed25519 private key in PKCS #8. */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

export const logSigner = (seed: Uint8Array): LogSigner => {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8, seed]),
    format: "der",
    type: "pkcs8",
  });
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return {
    key: new Uint8Array(Buffer.from(x, "base64url")) as LogPublicKey,
    sign: (text) => new Uint8Array(sign(null, text, key)),
  };
};
