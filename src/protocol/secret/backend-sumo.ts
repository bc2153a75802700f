import sodium from "libsodium-wrappers-sumo";
import { type Loaded, type Random, tested, webAssemblyFailure } from "../public/backend.ts";
import { sodiumHalf } from "../public/sodium-half.ts";
import type { Argon2idInput, PassphraseCrypto } from "./crypto.ts";
import { passphraseAnswersRightly } from "./self-test.ts";
import { sodiumSecrets } from "./sodium-secrets.ts";

// Attached at once: a rejection that waits for its first reader would be reported as unhandled.
const started = sodium.ready.then(
  () => true,
  () => false,
);

/** Throws when the memory cannot be had, and for a salt that is not 16 bytes. */
const argon2id = ({ passphrase, salt, memoryKiB, passes, length }: Argon2idInput): Uint8Array =>
  sodium.crypto_pwhash(
    length,
    passphrase,
    salt,
    passes,
    memoryKiB * 1024,
    sodium.crypto_pwhash_ALG_ARGON2ID13,
  );

/** libsodium's larger build, for the newsroom's bundle. Random bytes come from the caller's platform. */
export const loadSumo = async (random: Random): Promise<Loaded<PassphraseCrypto>> =>
  (await started)
    ? tested<PassphraseCrypto>(
        { ...sodiumHalf(sodium, random), ...sodiumSecrets(sodium), argon2id, backend: "sumo" },
        passphraseAnswersRightly,
      )
    : { ok: false, code: webAssemblyFailure() };
