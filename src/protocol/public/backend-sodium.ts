import sodium from "libsodium-wrappers";
import { type Loaded, type Random, tested, webAssemblyFailure } from "./backend.ts";
import type { PublicCrypto } from "./crypto.ts";
import { publicAnswersRightly } from "./self-test.ts";
import { sodiumHalf } from "./sodium-half.ts";

// Attached at once: a rejection that waits for its first reader would be reported as unhandled.
const started = sodium.ready.then(
  () => true,
  () => false,
);

/** libsodium's public half: for the server, and whoever only checks. Random bytes come from the caller's platform. */
export const loadPublicSodium = async (random: Random): Promise<Loaded<PublicCrypto>> =>
  (await started)
    ? tested<PublicCrypto>(
        { ...sodiumHalf(sodium, random), backend: "sodium" },
        publicAnswersRightly,
      )
    : { ok: false, code: webAssemblyFailure() };
