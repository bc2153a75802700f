import { concat, readerOf } from "../../../protocol/public/bytes.ts";
import type { IdentityPublicKey, StaticPublicKey } from "../../../protocol/public/crypto.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import type {
  ArchiveKey,
  IdentitySeed,
  PassphraseCrypto,
  SecretCrypto,
  StaticPrivateKey,
} from "../../../protocol/secret/crypto.ts";
import type { Records } from "./vault.ts";
import type { Own } from "./world.ts";

/** A member's lasting keys, from the vault and into it. docs/protocol.md §13. */

export const drawOwn = (crypto: SecretCrypto): Own => {
  const staticPrivate = crypto.random(32) as StaticPrivateKey;
  return {
    identitySeed: crypto.random(32) as IdentitySeed,
    staticPrivate,
    staticPublic: crypto.x25519PublicKey(staticPrivate) as StaticPublicKey,
    archive: { id: crypto.random(16), key: crypto.random(32) as ArchiveKey },
  };
};

export const identityOf = (crypto: SecretCrypto, own: Own): IdentityPublicKey =>
  crypto.ed25519PublicKey(own.identitySeed) as IdentityPublicKey;

export const ownRecords = (own: Own): readonly (readonly [string, Uint8Array])[] => [
  ["identity", own.identitySeed],
  ["static", own.staticPrivate],
  ["archive", concat([own.archive.id, own.archive.key])],
];

const need = (records: Records, id: string): Uint8Array => {
  const found = records.get(id);
  if (found === null) throw new SealdropError("vault-broken");
  return found;
};

export const readOwn = (crypto: PassphraseCrypto, records: Records): Own => {
  const staticPrivate = need(records, "static") as StaticPrivateKey;
  const archive = readerOf(need(records, "archive"));
  return {
    identitySeed: need(records, "identity") as IdentitySeed,
    staticPrivate,
    staticPublic: crypto.x25519PublicKey(staticPrivate) as StaticPublicKey,
    archive: { id: archive.bytes(16), key: archive.bytes(32) as ArchiveKey },
  };
};
