import { concat, readerOf, u8, u16, u32, u64 } from "./bytes.ts";
import type { IdentityPublicKey, NewsroomId, PublicCrypto } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { hash } from "./labels.ts";
import { HASH } from "./limits.ts";
import type { Head } from "./log-proof.ts";
import { parseStatement, verifyStatement } from "./statement.ts";

/** What a member's browser has seen, signed by its identity for colleagues to check. docs/protocol.md §16.5. */
export type Seen = Head & {
  readonly memberNumber: number;
  readonly rosterNumber: number;
  readonly vaultVersion: number;
  /** Of the vault's version and its sealed list, so that two vaults of one version differ. */
  readonly vaultHash: Uint8Array;
  readonly day: number;
};

export const vaultHash = (crypto: PublicCrypto, version: number, list: Uint8Array): Uint8Array =>
  hash(crypto, "vault-version", [u32(version), crypto.blake2b(32, list)]);

export const encodeSeen = (seen: Seen): Uint8Array =>
  concat([
    u8(1),
    u16(seen.memberNumber),
    u64(seen.size),
    seen.root,
    u32(seen.rosterNumber),
    u32(seen.vaultVersion),
    seen.vaultHash,
    u32(seen.day),
  ]);

/** Shape only: which member it claims to be of. Throws bad-structure. */
export const parseSeen = (bytes: Uint8Array): Seen => {
  const reader = readerOf(parseStatement(bytes, "seen").payload);
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const memberNumber = reader.u16();
  const size = reader.u64();
  const root = reader.bytes(HASH);
  const rosterNumber = reader.u32();
  const vaultVersion = reader.u32();
  const vault = reader.bytes(HASH);
  const day = reader.u32();
  reader.end();
  return { memberNumber, size, root, rosterNumber, vaultVersion, vaultHash: vault, day };
};

export type SeenBy = { readonly newsroomId: NewsroomId; readonly identity: IdentityPublicKey };

/** Throws bad-structure, bad-signature. */
export const openSeen = (crypto: PublicCrypto, bytes: Uint8Array, by: SeenBy): Seen => {
  const statement = parseStatement(bytes, "seen");
  verifyStatement(crypto, statement, { newsroomId: by.newsroomId, key: by.identity });
  return parseSeen(bytes);
};
