import sodium from "libsodium-wrappers";
import { type Loaded, type Random, tested, webAssemblyFailure } from "../public/backend.ts";
import { sodiumHalf } from "../public/sodium-half.ts";
import type { SecretCrypto } from "./crypto.ts";
import { secretAnswersRightly } from "./self-test.ts";
import { sodiumSecrets } from "./sodium-secrets.ts";

// Attached at once: a rejection that waits for its first reader would be reported as unhandled.
const started = sodium.ready.then(
  () => true,
  () => false,
);

/** libsodium's standard build, for sources. Random bytes come from the caller's platform. */
export const loadSodium = async (random: Random): Promise<Loaded<SecretCrypto>> =>
  (await started)
    ? tested<SecretCrypto>(
        { ...sodiumHalf(sodium, random), ...sodiumSecrets(sodium), backend: "sodium" },
        secretAnswersRightly,
      )
    : { ok: false, code: webAssemblyFailure() };
