import { equal, hex, utf8 } from "../public/bytes.ts";
import { publicAnswersRightly, unhex } from "../public/self-test.ts";
import type { PassphraseCrypto, SecretCrypto } from "./crypto.ts";

/** Known answers for what seals, opens and signs. docs/protocol.md §1. */

// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
const aead = (crypto: SecretCrypto): boolean => {
  const key = Uint8Array.from({ length: 32 }, (_, index) => 0x80 + index);
  const nonce = Uint8Array.from({ length: 24 }, (_, index) => 0x40 + index);
  const ad = unhex("50515253c0c1c2c3c4c5c6c7");
  const text = utf8(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const sealed = crypto.aeadSeal({ key, nonce, text, ad });
  const opened = crypto.aeadOpen({ key, nonce, text: sealed, ad });
  return (
    hex(sealed) ===
      "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39" +
        "ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9" +
        "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49" &&
    opened !== null &&
    equal(opened, text) &&
    crypto.aeadOpen({ key, nonce, text: sealed, ad: nonce }) === null
  );
};

// draft-connolly-cfrg-xwing-kem-10, appendix C, first vector; key and ciphertext by their SHA-256.
export const kemAnswersRightly = (crypto: SecretCrypto): boolean => {
  const seed = unhex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
  const randomness = unhex(
    "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e2" +
      "35b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2",
  );
  const secret = "d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384";
  const publicKey = crypto.kemPublicKey(seed);
  const made = crypto.kemEncapsulate(publicKey, randomness);
  if (made === null) return false;
  const taken = crypto.kemDecapsulate(made.ciphertext, seed);
  return (
    hex(crypto.sha256(publicKey)) ===
      "2e816deebcd76c5c80d0cd2d174478871658e8e2ff42bc9d4a6e486372e856bb" &&
    hex(crypto.sha256(made.ciphertext)) ===
      "17cd532d657e44c897ca6583e548a5424fc70bf54f99515a4d2bcf99e3469f33" &&
    hex(made.sharedSecret) === secret &&
    taken !== null &&
    hex(taken) === secret
  );
};

// RFC 8032, section 7.1, test 3.
const signing = (crypto: SecretCrypto): boolean => {
  const seed = unhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
  return (
    hex(crypto.ed25519PublicKey(seed)) ===
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025" &&
    hex(crypto.ed25519Sign(unhex("af82"), seed)) ===
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac" +
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
  );
};

// No document has a vector of one lane without secret and data; libsodium and noble agree on this one.
const passphrases = (crypto: PassphraseCrypto): boolean =>
  hex(
    crypto.argon2id({
      passphrase: utf8("password"),
      salt: utf8("somesaltsomesalt"),
      memoryKiB: 256,
      passes: 2,
      length: 32,
    }),
  ) === "cab746b4621993fdc91ec50787980b414a90a692f0bc68dfe19f9c25b3cba9ec";

/** False, or an exception, means that nothing may be sealed or opened with this backend. */
export const secretAnswersRightly = (crypto: SecretCrypto): boolean =>
  allButKemAnswersRightly(crypto) && kemAnswersRightly(crypto);

/** For a backend that tests X-Wing by itself before its first use. */
export const allButKemAnswersRightly = (crypto: SecretCrypto): boolean =>
  publicAnswersRightly(crypto) && aead(crypto) && signing(crypto);

export const passphraseAnswersRightly = (crypto: PassphraseCrypto): boolean =>
  secretAnswersRightly(crypto) && passphrases(crypto);
