import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUsableKemKey, isUsableX25519Key } from "../../src/protocol/public/key-rules.ts";
import { unhex } from "../../src/protocol/public/self-test.ts";
import { noble, sodium } from "../vectors/backends.ts";
import { LOW_ORDER } from "../vectors/low-order.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const scalar = new Uint8Array(32).fill(5);

describe("a usable X25519 key", () => {
  it.each(LOW_ORDER)("is not %s, nor that with the unused bit set", (point) => {
    const raised = unhex(point);
    raised[31] = (raised[31] ?? 0) | 128;
    expect(isUsableX25519Key(unhex(point))).toBe(false);
    expect(isUsableX25519Key(raised)).toBe(false);
  });
  it("is in canonical form", () => {
    for (let low = 0xed; low <= 0xff; low++) {
      const point = new Uint8Array(32).fill(255);
      point[0] = low;
      point[31] = 0x7f;
      expect(isUsableX25519Key(point)).toBe(false);
    }
  });
  it("is every key that a backend makes, and then agreement never fails", () => {
    fc.assert(
      fc.property(bytes(32), (seed) => {
        const key = sodium.x25519PublicKey(seed);
        expect(isUsableX25519Key(key)).toBe(true);
        expect(noble.x25519(scalar, key)).not.toBeNull();
      }),
      { numRuns: 20 },
    );
  });
  it("has 32 bytes", () => {
    expect(isUsableX25519Key(new Uint8Array(31).fill(9))).toBe(false);
    expect(isUsableX25519Key(new Uint8Array(33).fill(9))).toBe(false);
  });
});

describe("a usable X-Wing key", () => {
  const key = sodium.kemPublicKey(new Uint8Array(32).fill(3));
  it("is every key that a backend makes", () => {
    fc.assert(
      fc.property(bytes(32), (seed) => {
        expect(isUsableKemKey(sodium.kemPublicKey(seed))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
  it("is exactly what both backends encapsulate to", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1151 }), bytes(3), (at, changed) => {
        const other = key.slice();
        other.set(changed, at);
        const usable = isUsableKemKey(other);
        const randomness = new Uint8Array(64).fill(1);
        expect(sodium.kemEncapsulate(other, randomness) !== null).toBe(usable);
        expect(noble.kemEncapsulate(other, randomness) !== null).toBe(usable);
      }),
      { numRuns: 60 },
    );
  });
  it.each(LOW_ORDER)("does not end in the low-order point %s", (point) => {
    const other = key.slice();
    other.set(unhex(point), 1184);
    expect(isUsableKemKey(other)).toBe(false);
  });
  it("has 1,216 bytes", () => {
    expect(isUsableKemKey(key.slice(1))).toBe(false);
  });
});
