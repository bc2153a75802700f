import type { Loaded } from "../../src/protocol/public/backend.ts";
import { loadNoble } from "../../src/protocol/secret/backend-noble.ts";
import { loadSodium } from "../../src/protocol/secret/backend-sodium.ts";
import { loadSumo } from "../../src/protocol/secret/backend-sumo.ts";
import type { SecretCrypto } from "../../src/protocol/secret/crypto.ts";
import { repeatableRandom } from "./random.ts";

/** The crypto of a backend that loaded; a test cannot go on with one that did not. */
export const loaded = <Crypto>(result: Loaded<Crypto>): Crypto => {
  if (!result.ok) throw new Error(result.code);
  return result.crypto;
};

export const sodium = loaded(await loadSodium(repeatableRandom("sodium")));
export const noble = loaded(await loadNoble(repeatableRandom("noble")));
export const sumo = loaded(await loadSumo(repeatableRandom("sumo")));

/** The two backends a reader may have; sumo is libsodium again. */
export const BACKENDS: readonly (readonly [string, SecretCrypto])[] = [
  ["sodium", sodium],
  ["noble", noble],
];

/** The same backend with other randomness. */
export const seeded = <Crypto extends SecretCrypto>(crypto: Crypto, seed: string): Crypto => ({
  ...crypto,
  random: repeatableRandom(seed),
});
