import { argon2id } from "@noble/hashes/argon2.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex, utf8 } from "../../src/protocol/public/bytes.ts";
import { unhex } from "../../src/protocol/public/self-test.ts";
import { noble, sodium, sumo } from "../vectors/backends.ts";
import { LOW_ORDER } from "../vectors/low-order.ts";
import { sameAnswer } from "./same-answer.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const anyBytes = fc.uint8Array({ maxLength: 300 });
const few = { numRuns: 20 };

const text = (value: Uint8Array | null): string | null => (value === null ? null : hex(value));

describe("hashing is the same on every backend", () => {
  it("BLAKE2b of every length, keyed and not", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        anyBytes,
        fc.uint8Array({ maxLength: 64 }),
        (length, input, key) => {
          sameAnswer((crypto) => hex(crypto.blake2b(length, input, key)));
          sameAnswer((crypto) => hex(crypto.blake2b(length, input)));
        },
      ),
    );
  });
  it("SHA-256", () => {
    fc.assert(
      fc.property(anyBytes, (input) => {
        sameAnswer((crypto) => hex(crypto.sha256(input)));
      }),
    );
  });
});

const withHighBit = (point: string): Uint8Array => {
  const raised = unhex(point);
  raised[31] = (raised[31] ?? 0) | 128;
  return raised;
};

describe("X25519 is the same on every backend", () => {
  it("for any scalar and any 32 bytes", () => {
    fc.assert(
      fc.property(bytes(32), bytes(32), (scalar, point) => {
        sameAnswer((crypto) => hex(crypto.x25519PublicKey(scalar)));
        sameAnswer((crypto) => text(crypto.x25519(scalar, point)));
      }),
      few,
    );
  });
  it.each(LOW_ORDER)("gives null for the low-order point %s, high bit set or not", (point) => {
    const scalar = new Uint8Array(32).fill(5);
    expect(sameAnswer((crypto) => crypto.x25519(scalar, unhex(point)))).toBeNull();
    expect(sameAnswer((crypto) => crypto.x25519(scalar, withHighBit(point)))).toBeNull();
  });
  it("gives null for a wrong length", () => {
    const right = new Uint8Array(32).fill(9);
    for (const length of [0, 31, 33]) {
      const wrong = new Uint8Array(length).fill(9);
      expect(sameAnswer((crypto) => crypto.x25519(right, wrong))).toBeNull();
      expect(sameAnswer((crypto) => crypto.x25519(wrong, right))).toBeNull();
    }
  });
});

describe("XChaCha20-Poly1305 is the same on every backend", () => {
  const key = new Uint8Array(32).fill(1);
  const nonce = new Uint8Array(24).fill(2);
  it("seals the same bytes, and each opens them", () => {
    fc.assert(
      fc.property(bytes(32), bytes(24), anyBytes, anyBytes, (anyKey, anyNonce, plain, ad) => {
        const sealed = unhex(
          sameAnswer((crypto) =>
            hex(crypto.aeadSeal({ key: anyKey, nonce: anyNonce, text: plain, ad })),
          ),
        );
        expect(
          sameAnswer((crypto) =>
            text(crypto.aeadOpen({ key: anyKey, nonce: anyNonce, text: sealed, ad })),
          ),
        ).toBe(hex(plain));
      }),
    );
  });
  it("gives null after any one changed bit", () => {
    const ad = utf8("data");
    const sealed = sodium.aeadSeal({ key, nonce, text: utf8("sixteen letters."), ad });
    for (let bit = 0; bit < sealed.length * 8; bit += 7) {
      const changed = sealed.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(sameAnswer((crypto) => crypto.aeadOpen({ key, nonce, text: changed, ad }))).toBeNull();
    }
  });
  it("gives null for a wrong key, nonce, associated data or length", () => {
    const ad = utf8("data");
    const text = sodium.aeadSeal({ key, nonce, text: utf8("text"), ad });
    const wrong = [
      { key: nonce, nonce, text, ad },
      { key: new Uint8Array(32), nonce, text, ad },
      { key, nonce: new Uint8Array(24), text, ad },
      { key, nonce: nonce.slice(12), text, ad },
      { key, nonce, text, ad: new Uint8Array(0) },
      { key, nonce, text: text.slice(1), ad },
      { key, nonce, text: new Uint8Array(15), ad },
      { key, nonce, text: new Uint8Array(0), ad },
    ];
    for (const input of wrong) expect(sameAnswer((crypto) => crypto.aeadOpen(input))).toBeNull();
  });
});

describe("X-Wing is the same on every backend", () => {
  it("makes the same keys and ciphertexts from the same seeds, and each opens the other's", () => {
    fc.assert(
      fc.property(bytes(32), bytes(64), (seed, randomness) => {
        const publicKey = unhex(sameAnswer((crypto) => hex(crypto.kemPublicKey(seed))));
        expect(publicKey.length).toBe(1216);
        const made = sameAnswer((crypto) => {
          const { ciphertext, sharedSecret } = crypto.kemEncapsulate(publicKey, randomness) ?? {};
          return [text(ciphertext ?? null), text(sharedSecret ?? null)];
        });
        const ciphertext = unhex(made[0] ?? "");
        expect(ciphertext.length).toBe(1120);
        expect(sameAnswer((crypto) => text(crypto.kemDecapsulate(ciphertext, seed)))).toBe(made[1]);
      }),
      { numRuns: 8 },
    );
  });
  const seed = new Uint8Array(32).fill(7);
  const publicKey = sodium.kemPublicKey(seed);
  const ciphertext =
    sodium.kemEncapsulate(publicKey, new Uint8Array(64).fill(8))?.ciphertext ?? seed;
  it("gives the same other secret for a changed ciphertext", () => {
    for (const at of [0, 500, 1087, 1088, 1119]) {
      const changed = ciphertext.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      const secret = sameAnswer((crypto) => text(crypto.kemDecapsulate(changed, seed)));
      expect(secret).not.toBe(text(sodium.kemDecapsulate(ciphertext, seed)));
    }
  });
  it.each([0, 32, 1119, 1121, 1216])("gives null for a ciphertext of %i bytes", (length) => {
    const wrong = new Uint8Array(length).fill(4);
    expect(sameAnswer((crypto) => crypto.kemDecapsulate(wrong, seed))).toBeNull();
  });
  it("gives null for a ciphertext or key whose X25519 half is of low order", () => {
    for (const point of LOW_ORDER) {
      const badCiphertext = ciphertext.slice();
      badCiphertext.set(unhex(point), 1088);
      expect(sameAnswer((crypto) => crypto.kemDecapsulate(badCiphertext, seed))).toBeNull();
      const badKey = publicKey.slice();
      badKey.set(unhex(point), 1184);
      expect(sameAnswer((crypto) => crypto.kemEncapsulate(badKey, new Uint8Array(64)))).toBeNull();
    }
  });
  it("gives null for a key whose ML-KEM half is not reduced, and for a wrong length", () => {
    const unreduced = publicKey.slice();
    unreduced.fill(255, 0, 3);
    const randomness = new Uint8Array(64).fill(6);
    for (const wrong of [unreduced, publicKey.slice(1), new Uint8Array(0), new Uint8Array(1217)]) {
      expect(sameAnswer((crypto) => crypto.kemEncapsulate(wrong, randomness))).toBeNull();
    }
    expect(sameAnswer((crypto) => crypto.kemEncapsulate(publicKey, new Uint8Array(63)))).toBeNull();
  });
});

describe("the rest", () => {
  it("Argon2id of libsodium equals noble's", () => {
    const input = {
      passphrase: utf8("six words"),
      salt: new Uint8Array(16).fill(1),
      memoryKiB: 128,
      passes: 3,
      length: 32,
    };
    expect(hex(sumo.argon2id(input))).toBe(
      hex(argon2id(input.passphrase, input.salt, { m: 128, t: 3, p: 1, dkLen: 32 })),
    );
  });
  it("a wiped secret is zero", () => {
    sameAnswer((crypto) => {
      const secret = new Uint8Array(32).fill(1);
      crypto.wipe(secret);
      return secret.every((byte) => byte === 0);
    });
  });
  it("random bytes are those that were handed in", () => {
    expect(sodium.random(70000).length).toBe(70000);
    expect(noble.random(16)).not.toEqual(noble.random(16));
  });
});
