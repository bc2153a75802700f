import { ED25519_TORSION_SUBGROUP, ed25519 } from "@noble/curves/ed25519.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex, utf8 } from "../../src/protocol/public/bytes.ts";
import { unhex } from "../../src/protocol/public/self-test.ts";
import { sodium } from "../vectors/backends.ts";
import { readVectors } from "../vectors/files.ts";
import { sameAnswer } from "./same-answer.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const anyBytes = fc.uint8Array({ maxLength: 300 });
const few = { numRuns: 20 };

type SpeccheckCase = {
  readonly name: string;
  readonly message: string;
  readonly publicKey: string;
  readonly signature: string;
  readonly expect: "valid" | "invalid";
};
const speccheck = readVectors<SpeccheckCase>("ed25519-speccheck");

describe("Ed25519 verifies without the cofactor and strictly on every backend", () => {
  it.each(speccheck.cases)("$name", ({ message, publicKey, signature, expect: expected }) => {
    const answer = sameAnswer((crypto) =>
      crypto.verifyEd25519(unhex(signature), unhex(message), unhex(publicKey)),
    );
    expect(answer).toBe(expected === "valid");
  });
  it("signs the same bytes and verifies what any backend signed", () => {
    fc.assert(
      fc.property(bytes(32), anyBytes, (seed, message) => {
        const publicKey = unhex(sameAnswer((crypto) => hex(crypto.ed25519PublicKey(seed))));
        const signature = unhex(sameAnswer((crypto) => hex(crypto.ed25519Sign(message, seed))));
        expect(sameAnswer((crypto) => crypto.verifyEd25519(signature, message, publicKey))).toBe(
          true,
        );
      }),
      few,
    );
  });
  it("answers the same for any one changed bit of signature, key or message", () => {
    fc.assert(
      fc.property(
        bytes(32),
        bytes(20),
        fc.integer({ min: 0, max: (64 + 32 + 20) * 8 - 1 }),
        (seed, message, bit) => {
          const all = Uint8Array.from([
            ...sodium.ed25519Sign(message, seed),
            ...sodium.ed25519PublicKey(seed),
            ...message,
          ]);
          all[bit >> 3] = (all[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          const valid = sameAnswer((crypto) =>
            crypto.verifyEd25519(all.slice(0, 64), all.slice(96), all.slice(64, 96)),
          );
          expect(valid).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });
  it("refuses S + L, for a scalar has one form", () => {
    const seed = new Uint8Array(32).fill(1);
    const signature = sodium.ed25519Sign(utf8("x"), seed);
    const scalar = signature.slice(32).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
    let raised = scalar + ed25519.Point.Fn.ORDER;
    for (let index = 32; index < 64; index++) {
      signature[index] = Number(raised & 255n);
      raised >>= 8n;
    }
    const publicKey = sodium.ed25519PublicKey(seed);
    expect(sameAnswer((crypto) => crypto.verifyEd25519(signature, utf8("x"), publicKey))).toBe(
      false,
    );
  });
  it("adds a small-order point to A or R and agrees about every pair", () => {
    const points = ED25519_TORSION_SUBGROUP.map((point) => ed25519.Point.fromHex(point));
    const honest = ed25519.Point.fromBytes(sodium.ed25519PublicKey(new Uint8Array(32).fill(2)));
    const signature = sodium.ed25519Sign(utf8("x"), new Uint8Array(32).fill(2));
    for (const point of points) {
      for (const key of [honest.add(point).toBytes(), point.toBytes()]) {
        sameAnswer((crypto) => crypto.verifyEd25519(signature, utf8("x"), key));
        const mixed = Uint8Array.from([...point.toBytes(), ...signature.slice(32)]);
        expect(sameAnswer((crypto) => crypto.verifyEd25519(mixed, utf8("x"), key))).toBe(false);
      }
    }
  });
  it("answers false for a wrong length", () => {
    const signature = new Uint8Array(64);
    const key = new Uint8Array(32).fill(3);
    for (const [wrongSignature, wrongKey] of [
      [signature.slice(1), key],
      [signature, key.slice(1)],
      [new Uint8Array(0), new Uint8Array(0)],
      [new Uint8Array(65), key],
    ] as const) {
      expect(
        sameAnswer((crypto) => crypto.verifyEd25519(wrongSignature, signature, wrongKey)),
      ).toBe(false);
    }
  });
});
