import { randomBytes } from "node:crypto";
import type { Loaded } from "../../src/protocol/public/backend.ts";
import { loadSumo } from "../../src/protocol/secret/backend-sumo.ts";
import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";

const loaded = <Crypto>(result: Loaded<Crypto>): Crypto => {
  if (!result.ok) throw new Error(result.code);
  return result.crypto;
};

/** Real randomness: two benchmarks never seal the same. */
export const crypto: PassphraseCrypto = loaded(
  await loadSumo((length) => new Uint8Array(randomBytes(length))),
);
