import { concat, equal, fromUtf8, readerOf, sized, u16, u32, utf8 } from "../public/bytes.ts";
import type { NewsroomId } from "../public/crypto.ts";
import { SealdropError } from "../public/errors.ts";
import { derive, labelled } from "../public/labels.ts";
import { HASH, MAX_VAULT_RECORD, NONCE } from "../public/limits.ts";
import type { SecretCrypto, VaultKey } from "./crypto.ts";

/** The vault: a member's private keys, sealed so that the server may keep them. docs/protocol.md §13. */

export type VaultOwner = { readonly newsroomId: NewsroomId; readonly userName: string };

/** A passkey's door is named by its credential id, as base64url. */
export type VaultDoor = "passphrase" | "recovery" | `passkey:${string}`;

const doorFields = (owner: VaultOwner, door: VaultDoor): readonly Uint8Array[] => [
  owner.newsroomId,
  utf8(owner.userName),
  utf8(door),
];

type Box = { readonly key: Uint8Array; readonly text: Uint8Array; readonly ad: Uint8Array };

const box = (crypto: SecretCrypto, { key, text, ad }: Box): Uint8Array => {
  const nonce = crypto.random(NONCE);
  return concat([nonce, crypto.aeadSeal({ key, nonce, text, ad })]);
};

const unbox = (crypto: SecretCrypto, { key, text, ad }: Box): Uint8Array => {
  const nonce = text.subarray(0, NONCE);
  const opened =
    text.length < NONCE ? null : crypto.aeadOpen({ key, nonce, text: text.subarray(NONCE), ad });
  if (opened === null) throw new SealdropError("vault-broken");
  return opened;
};

export const makeVaultKey = (crypto: SecretCrypto): VaultKey => crypto.random(32) as VaultKey;

export type DoorKey = {
  readonly owner: VaultOwner;
  readonly door: VaultDoor;
  readonly unlockKey: Uint8Array;
};

/** 72 bytes. */
export const wrapVaultKey = (crypto: SecretCrypto, door: DoorKey, vaultKey: VaultKey): Uint8Array =>
  box(crypto, {
    key: door.unlockKey,
    text: vaultKey,
    ad: labelled("vault-key", doorFields(door.owner, door.door)),
  });

/** Throws vault-broken: the wrong passphrase or words, or another person's wrap. */
export const unwrapVaultKey = (
  crypto: SecretCrypto,
  door: DoorKey,
  wrapped: Uint8Array,
): VaultKey =>
  unbox(crypto, {
    key: door.unlockKey,
    text: wrapped,
    ad: labelled("vault-key", doorFields(door.owner, door.door)),
  }) as VaultKey;

/** Private keys and notes by id: `identity`, `static`, `archive` (also `next:*`, `old:<generation>:*`), `newsroom`, `state`, `messaging:<period>:<generation>`. */
export type VaultRecords = ReadonlyMap<string, Uint8Array>;
/** The same as the server keeps them. */
export type SealedRecords = ReadonlyMap<string, Uint8Array>;

export type OpenVault = { readonly owner: VaultOwner; readonly vaultKey: VaultKey };

// The vault key itself seals nothing: one derived key for records, another for the list.
const recordKey = (crypto: SecretCrypto, vault: OpenVault) =>
  derive(crypto, vault.vaultKey, { label: "vault-record-key", fields: [] });

const recordAd = (vault: OpenVault, id: string) =>
  labelled("vault-record", [vault.owner.newsroomId, utf8(vault.owner.userName), utf8(id)]);

export const sealRecord = (
  crypto: SecretCrypto,
  vault: OpenVault,
  record: { readonly id: string; readonly bytes: Uint8Array },
): Uint8Array => {
  if (record.bytes.length > MAX_VAULT_RECORD) throw new SealdropError("too-large");
  return box(crypto, {
    key: recordKey(crypto, vault),
    text: record.bytes,
    ad: recordAd(vault, record.id),
  });
};

const listKey = (crypto: SecretCrypto, vault: OpenVault) =>
  derive(crypto, vault.vaultKey, { label: "vault-list-key", fields: [] });

const listAd = (vault: OpenVault, version: number) =>
  labelled("vault-list", [vault.owner.newsroomId, utf8(vault.owner.userName), u32(version)]);

export type VaultState = { readonly version: number; readonly records: SealedRecords };

/** The sealed list of current records: the server can neither drop, add nor bring back one. */
export const sealList = (crypto: SecretCrypto, vault: OpenVault, state: VaultState): Uint8Array => {
  const ids = [...state.records.keys()].sort();
  const text = concat([
    u16(ids.length),
    ...ids.flatMap((id) => [
      sized(utf8(id)),
      crypto.blake2b(HASH, state.records.get(id) ?? new Uint8Array(0)),
    ]),
  ]);
  return box(crypto, { key: listKey(crypto, vault), text, ad: listAd(vault, state.version) });
};

const parseList = (bytes: Uint8Array): ReadonlyMap<string, Uint8Array> => {
  const reader = readerOf(bytes);
  const count = reader.u16();
  const entries = Array.from(
    { length: count },
    () => [fromUtf8(reader.sized(200)), reader.bytes(HASH)] as const,
  );
  reader.end();
  return new Map(entries);
};

/** Checks the list against the records and opens them all. Throws vault-broken. */
export const openRecords = (
  crypto: SecretCrypto,
  vault: OpenVault,
  sealed: VaultState & { readonly list: Uint8Array },
): VaultRecords => {
  const listed = parseList(
    unbox(crypto, {
      key: listKey(crypto, vault),
      text: sealed.list,
      ad: listAd(vault, sealed.version),
    }),
  );
  if (listed.size !== sealed.records.size) throw new SealdropError("vault-broken");
  const key = recordKey(crypto, vault);
  const open = ([id, bytes]: readonly [string, Uint8Array]) => {
    const hashed = listed.get(id);
    if (hashed === undefined || !equal(hashed, crypto.blake2b(HASH, bytes))) {
      throw new SealdropError("vault-broken");
    }
    return [id, unbox(crypto, { key, text: bytes, ad: recordAd(vault, id) })] as const;
  };
  return new Map([...sealed.records].map(open));
};
