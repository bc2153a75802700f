import { afterEach, describe, expect, it, vi } from "vitest";
import { tested, webAssemblyFailure } from "../../src/protocol/public/backend.ts";
import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { passphraseAnswersRightly } from "../../src/protocol/secret/self-test.ts";
import { sumo } from "../vectors/backends.ts";

const turned = (bytes: Uint8Array): Uint8Array => {
  const other = bytes.slice();
  other[0] = (other[0] ?? 0) ^ 1;
  return other;
};

/** One liar per primitive, and one more where there is a no that must be said. */
const LIARS: readonly (readonly [string, Partial<PassphraseCrypto>])[] = [
  ["blake2b", { blake2b: (length, input, key) => turned(sumo.blake2b(length, input, key)) }],
  ["blake2b that ignores the key", { blake2b: (length, input) => sumo.blake2b(length, input) }],
  ["sha256", { sha256: (input) => turned(sumo.sha256(input)) }],
  ["verify that says yes to all", { verifyEd25519: () => true }],
  ["verify that says no to all", { verifyEd25519: () => false }],
  ["x25519 that accepts a low-order point", { x25519: (a, b) => sumo.x25519(a, b) ?? b }],
  ["x25519 that gives nothing", { x25519: () => null }],
  ["x25519PublicKey", { x25519PublicKey: (key) => turned(sumo.x25519PublicKey(key)) }],
  ["aeadSeal", { aeadSeal: ({ text }) => text }],
  ["aeadOpen that ignores the tag", { aeadOpen: ({ text }) => text.slice(0, -16) }],
  ["aeadOpen that gives nothing", { aeadOpen: () => null }],
  ["kemPublicKey", { kemPublicKey: (seed) => turned(sumo.kemPublicKey(seed)) }],
  ["kemEncapsulate", { kemEncapsulate: () => null }],
  ["kemDecapsulate", { kemDecapsulate: (_, seed) => seed }],
  ["ed25519PublicKey", { ed25519PublicKey: (seed) => seed }],
  ["ed25519Sign", { ed25519Sign: (message, seed) => turned(sumo.ed25519Sign(message, seed)) }],
  ["argon2id", { argon2id: ({ salt }) => salt }],
  [
    "a backend that throws",
    {
      sha256: () => {
        throw new Error("out of memory");
      },
    },
  ],
];

describe("the self-test at the start", () => {
  it("passes an honest backend", () => {
    expect(tested(sumo, passphraseAnswersRightly)).toEqual({ ok: true, crypto: sumo });
  });
  it.each(LIARS)("refuses a wrong %s", (_, lie) => {
    expect(tested({ ...sumo, ...lie }, passphraseAnswersRightly)).toEqual({
      ok: false,
      code: "self-test-failed",
    });
  });
});

class Refused {
  constructor() {
    throw new Error("Refused to compile or instantiate WebAssembly module");
  }
}

describe("a libsodium that does not start", () => {
  afterEach(() => {
    vi.doUnmock("libsodium-wrappers");
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  const loadWith = async (webAssembly: unknown) => {
    vi.resetModules();
    vi.doMock("libsodium-wrappers", () => ({
      default: { ready: Promise.reject(new Error("no")) },
    }));
    const { loadSodium } = await import("../../src/protocol/secret/backend-sodium.ts");
    const { loadPublicSodium } = await import("../../src/protocol/public/backend-sodium.ts");
    vi.stubGlobal("WebAssembly", webAssembly);
    const random = (length: number) => new Uint8Array(length);
    return [await loadSodium(random), await loadPublicSodium(random)];
  };

  it("says that WebAssembly is missing", async () => {
    const answer = { ok: false, code: "no-webassembly" };
    expect(await loadWith(undefined)).toEqual([answer, answer]);
  });
  it("says that our own policy blocks WebAssembly", async () => {
    const answer = { ok: false, code: "webassembly-blocked" };
    expect(await loadWith({ Module: Refused })).toEqual([answer, answer]);
  });
  it("says that it fails although WebAssembly works", () => {
    expect(webAssemblyFailure()).toBe("self-test-failed");
  });
});

describe("noble, whose X-Wing is tested at its first use", () => {
  afterEach(() => {
    vi.doUnmock("@noble/post-quantum/hybrid.js");
    vi.resetModules();
  });

  const random = (length: number) => new Uint8Array(length);
  const seed = new Uint8Array(32);

  it("makes no key with an X-Wing that answers wrongly", async () => {
    vi.resetModules();
    vi.doMock("@noble/post-quantum/hybrid.js", () => ({
      ml_kem768_x25519: {
        getPublicKey: () => new Uint8Array(1_216),
        encapsulate: () => ({ cipherText: seed, sharedSecret: seed }),
        decapsulate: () => seed,
      },
    }));
    const { loadNoble } = await import("../../src/protocol/secret/backend-noble.ts");
    const loaded = await loadNoble(random);
    if (!loaded.ok) throw new Error("everything but X-Wing is right");
    const { crypto } = loaded;
    expect(() => crypto.kemPublicKey(seed)).toThrow(/self-test-failed/);
    expect(() => crypto.kemEncapsulate(new Uint8Array(1_216), new Uint8Array(64))).toThrow(
      /self-test-failed/,
    );
    expect(() => crypto.kemDecapsulate(new Uint8Array(1_120), seed)).toThrow(/self-test-failed/);
  });
});
