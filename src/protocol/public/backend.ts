/** How a backend is made, and how making one may fail. docs/protocol.md §1. */

/** The platform's random bytes, handed in by whoever starts a program: protocol/ has none of its own. */
export type Random = (length: number) => Uint8Array;

export type LoadFailure = "no-webassembly" | "webassembly-blocked" | "self-test-failed";

export type Loaded<Crypto> =
  | { readonly ok: true; readonly crypto: Crypto }
  | { readonly ok: false; readonly code: LoadFailure };

type WebAssemblyGlobal = {
  readonly WebAssembly?: { readonly Module: new (bytes: Uint8Array) => unknown };
};

/** The smallest module there is: magic number and version. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/**
 * Why libsodium, which is WebAssembly, did not start: switched off in the browser (the other backend then serves), or
 * forbidden by our own content security policy (a fault of the installation, which must not be papered over).
 */
export const webAssemblyFailure = (
  platform: WebAssemblyGlobal = globalThis as WebAssemblyGlobal,
): LoadFailure => {
  if (platform.WebAssembly === undefined) return "no-webassembly";
  try {
    new platform.WebAssembly.Module(EMPTY_MODULE);
    return "self-test-failed";
  } catch {
    return "webassembly-blocked";
  }
};

/** What a backend is checked with before anything trusts it; an exception is a wrong answer. */
export const tested = <Crypto>(
  crypto: Crypto,
  answersRightly: (crypto: Crypto) => boolean,
): Loaded<Crypto> => {
  try {
    if (answersRightly(crypto)) return { ok: true, crypto };
  } catch {
    // Falls through: a backend that throws on a known input is refused like one that lies.
  }
  return { ok: false, code: "self-test-failed" };
};
