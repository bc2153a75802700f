import { hex, utf8 } from "./bytes.ts";
import type { PublicCrypto } from "./crypto.ts";

/** Known answers for the public half, from the documents that define each primitive. docs/protocol.md §1. */

/** Bytes of a hexadecimal constant of this file's kind; never for input from outside. */
export const unhex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

// RFC 7693, appendix A, and the reference implementation's first keyed answer.
const hashes = (crypto: PublicCrypto): boolean => {
  const key = Uint8Array.from({ length: 64 }, (_, index) => index);
  return (
    hex(crypto.blake2b(64, utf8("abc"))) ===
      "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1" +
        "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923" &&
    hex(crypto.blake2b(64, new Uint8Array(0), key)) ===
      "10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786" +
        "b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568" &&
    hex(crypto.sha256(utf8("abc"))) ===
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  );
};

// RFC 8032, section 7.1, test 3.
const signature = unhex(
  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac" +
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
);
const signer = unhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");

// ed25519-speccheck, case 4: right by the cofactored equation only.
const mixedOrderSignature = unhex(
  "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed512" +
    "5ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
);
const mixedOrderMessage = unhex("e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c");
const mixedOrderKey = unhex("cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d");

const signatures = (crypto: PublicCrypto): boolean =>
  crypto.verifyEd25519(signature, unhex("af82"), signer) &&
  !crypto.verifyEd25519(mixedOrderSignature, mixedOrderMessage, mixedOrderKey);

// RFC 7748, section 5.2: the first vector, and the iteration's first step, whose scalar and point are both nine.
const agreement = (crypto: PublicCrypto): boolean => {
  const scalar = unhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
  const point = unhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
  const nine = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 9 : 0));
  const shared = crypto.x25519(scalar, point);
  return (
    shared !== null &&
    hex(shared) === "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552" &&
    hex(crypto.x25519PublicKey(nine)) ===
      "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079" &&
    crypto.x25519(scalar, new Uint8Array(32)) === null
  );
};

/** False, or an exception, means that nothing this backend says may be believed. */
export const publicAnswersRightly = (crypto: PublicCrypto): boolean =>
  hashes(crypto) && signatures(crypto) && agreement(crypto);
