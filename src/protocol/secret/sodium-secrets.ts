import type sodium from "libsodium-wrappers";
import type { PublicCrypto } from "../public/crypto.ts";
import { orNull } from "../public/sodium-half.ts";
import type { SecretCrypto } from "./crypto.ts";

type SecretSodium = Pick<
  typeof sodium,
  | "crypto_aead_xchacha20poly1305_ietf_encrypt"
  | "crypto_aead_xchacha20poly1305_ietf_decrypt"
  | "crypto_kem_xwing_seed_keypair"
  | "crypto_kem_xwing_enc_deterministic"
  | "crypto_kem_xwing_dec"
  | "crypto_sign_seed_keypair"
  | "crypto_sign_detached"
  | "memzero"
>;

/** What touches plaintext and private keys, of either build of libsodium. */
export const sodiumSecrets = (library: SecretSodium): Omit<SecretCrypto, keyof PublicCrypto> => ({
  aeadSeal: ({ key, nonce, text, ad }) =>
    library.crypto_aead_xchacha20poly1305_ietf_encrypt(text, ad, null, nonce, key),
  aeadOpen: ({ key, nonce, text, ad }) =>
    orNull(() => library.crypto_aead_xchacha20poly1305_ietf_decrypt(null, text, ad, nonce, key)),
  kemPublicKey: (seed) => library.crypto_kem_xwing_seed_keypair(seed).publicKey,
  kemEncapsulate: (publicKey, randomness) =>
    orNull(() => library.crypto_kem_xwing_enc_deterministic(publicKey, randomness)),
  kemDecapsulate: (ciphertext, seed) =>
    orNull(() => library.crypto_kem_xwing_dec(ciphertext, seed)),
  ed25519PublicKey: (seed) => library.crypto_sign_seed_keypair(seed).publicKey,
  ed25519Sign: (message, seed) => {
    const { privateKey } = library.crypto_sign_seed_keypair(seed);
    const signature = library.crypto_sign_detached(message, privateKey);
    library.memzero(privateKey);
    return signature;
  },
  wipe: (secret) => library.memzero(secret),
});
