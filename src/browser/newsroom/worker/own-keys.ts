import { concat, equal, readerOf } from "../../../protocol/public/bytes.ts";
import type { IdentityPublicKey, StaticPublicKey } from "../../../protocol/public/crypto.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import type { Archive } from "../../../protocol/secret/archive.ts";
import type {
  ArchiveKey,
  IdentitySeed,
  PassphraseCrypto,
  SecretCrypto,
  StaticPrivateKey,
} from "../../../protocol/secret/crypto.ts";
import type { VaultRecords } from "../../../protocol/secret/vault.ts";
import type { Records, VaultChange } from "./vault.ts";
import type { OldOwn, Own, OwnKeys } from "./world.ts";

/**
 * A member's lasting keys, from the vault and into it: the present ones, those that are to follow (`next:*`, until an admin has signed
 * them) and those before (`old:<generation>:*`, until nothing needs them). docs/protocol.md §13, §14.1.
 */

export const drawOwn = (crypto: SecretCrypto): Own => {
  const staticPrivate = crypto.random(32) as StaticPrivateKey;
  return {
    identitySeed: crypto.random(32) as IdentitySeed,
    staticPrivate,
    staticPublic: crypto.x25519PublicKey(staticPrivate) as StaticPublicKey,
    archive: { id: crypto.random(16), key: crypto.random(32) as ArchiveKey },
  };
};

export const identityOf = (
  crypto: SecretCrypto,
  own: Pick<Own, "identitySeed">,
): IdentityPublicKey => crypto.ed25519PublicKey(own.identitySeed) as IdentityPublicKey;

const encodeArchive = ({ id, key }: Archive): Uint8Array => concat([id, key]);

export const ownRecords = (own: Own): readonly (readonly [string, Uint8Array])[] => [
  ["identity", own.identitySeed],
  ["static", own.staticPrivate],
  ["archive", encodeArchive(own.archive)],
];

const need = (records: VaultRecords, id: string): Uint8Array => {
  const found = records.get(id);
  if (found === undefined) throw new SealdropError("vault-broken");
  return found;
};

/** Of copies: a record that is removed is overwritten. */
const readLasting = (crypto: SecretCrypto, records: VaultRecords, prefix: string): OldKeys => {
  const staticPrivate = need(records, `${prefix}static`).slice() as StaticPrivateKey;
  const archive = readerOf(need(records, `${prefix}archive`).slice());
  return {
    staticPrivate,
    staticPublic: crypto.x25519PublicKey(staticPrivate) as StaticPublicKey,
    archive: { id: archive.bytes(16), key: archive.bytes(32) as ArchiveKey },
  };
};
type OldKeys = Omit<OldOwn, "generation">;

const readSet = (crypto: SecretCrypto, records: VaultRecords, prefix: string): Own => ({
  identitySeed: need(records, `${prefix}identity`).slice() as IdentitySeed,
  ...readLasting(crypto, records, prefix),
});

const oldGenerations = (records: VaultRecords): readonly number[] =>
  [...records.keys()]
    .flatMap((id) => {
      const found = /^old:(\d+):static$/.exec(id);
      return found === null ? [] : [Number(found[1])];
    })
    .sort((a, b) => a - b);

/** Without those before. */
export const readPresent = (crypto: SecretCrypto, records: VaultRecords): Own =>
  readSet(crypto, records, "");

export const readOwn = (crypto: PassphraseCrypto, records: Records): OwnKeys => {
  const all = records.all();
  const old = oldGenerations(all).map((generation) => ({
    generation,
    ...readLasting(crypto, all, `old:${generation}:`),
  }));
  return { ...readPresent(crypto, all), old };
};

/** The same while the vault stays as it is: looked at for every message. */
export const followOwn = (crypto: PassphraseCrypto, records: Records): (() => OwnKeys) => {
  let known: { readonly version: number; readonly own: OwnKeys } | null = null;
  return () => {
    const version = records.version();
    if (known?.version !== version) known = { version, own: readOwn(crypto, records) };
    return known.own;
  };
};

type Statics = Pick<Own, "staticPublic" | "staticPrivate">;

/** The present one first. */
export const allStatics = (own: OwnKeys): readonly Statics[] => [own, ...own.old];

export const findStatic = (own: OwnKeys, key: StaticPublicKey): StaticPrivateKey | null =>
  allStatics(own).find(({ staticPublic }) => equal(staticPublic, key))?.staticPrivate ?? null;

/** The present one first. */
export const allArchives = (own: OwnKeys): readonly Archive[] => [
  own.archive,
  ...own.old.map(({ archive }) => archive),
];

/** Keys that are to follow, and why. */
export type NextKeys = Own & { readonly stolen: boolean };

/** There whenever the others are. */
export const NEXT_REASON = "next:reason";
const NEXT = ["next:identity", "next:static", "next:archive", NEXT_REASON] as const;

export const findNext = (crypto: SecretCrypto, records: VaultRecords): NextKeys | null => {
  const reason = records.get(NEXT_REASON);
  if (reason === undefined) return null;
  return { ...readSet(crypto, records, "next:"), stolen: reason[0] === 1 };
};

export const nextRecords = ({ stolen, ...own }: NextKeys): VaultChange => ({
  put: new Map([
    ...ownRecords(own).map(([id, bytes]) => [`next:${id}`, bytes] as const),
    [NEXT_REASON, Uint8Array.of(stolen ? 1 : 0)] as const,
  ]),
});

export const withoutNext: VaultChange = { remove: NEXT };

/** The next keys become the present ones; of those before, static and archive key stay to open what is sealed to them. */
export const takeNext = (own: Own, next: NextKeys, generation: number): VaultChange => ({
  put: new Map([
    ...ownRecords(next),
    [`old:${generation}:static`, own.staticPrivate],
    [`old:${generation}:archive`, encodeArchive(own.archive)],
  ]),
  remove: NEXT,
});

export const withoutOld = ({ generation }: OldOwn): VaultChange => ({
  remove: [`old:${generation}:static`, `old:${generation}:archive`],
});
