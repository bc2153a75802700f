import { concat, equal, readerOf, u8, u16 } from "./bytes.ts";
import type { IdentityPublicKey, NewsroomId, PublicCrypto, StaticPublicKey } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { isUsableX25519Key } from "./key-rules.ts";
import { labelled } from "./labels.ts";
import { SIGNATURE } from "./limits.ts";
import type { NewsroomKey } from "./roster.ts";
import { parseStatement, verifyStatement } from "./statement.ts";
import { compareWords } from "./words.ts";

/** A member's wish for new lasting keys, signed by the identity they replace and by the new one. docs/protocol.md §14.1. */
export type KeyChange = {
  readonly memberNumber: number;
  /** The keys before may be in other hands: their entries become *stolen*, not *rotated*. */
  readonly stolen: boolean;
  readonly oldIdentity: IdentityPublicKey;
  readonly identity: IdentityPublicKey;
  readonly static: StaticPublicKey;
};

/** All of the payload but the new identity's own signature. */
export const encodeKeyChange = (change: KeyChange): Uint8Array =>
  concat([
    u8(1),
    u16(change.memberNumber),
    u8(change.stolen ? 1 : 0),
    change.oldIdentity,
    change.identity,
    change.static,
  ]);

/** What the new identity signs, so that nobody can claim a key that is not theirs. */
export const proofBytes = (newsroomId: NewsroomId, change: KeyChange): Uint8Array =>
  labelled("key-change-proof", [newsroomId, encodeKeyChange(change)]);

const parsePayload = (payload: Uint8Array) => {
  const reader = readerOf(payload);
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const memberNumber = reader.u16();
  const reason = reader.u8();
  const oldIdentity = reader.bytes(32) as IdentityPublicKey;
  const identity = reader.bytes(32) as IdentityPublicKey;
  const staticKey = reader.bytes(32) as StaticPublicKey;
  const proof = reader.bytes(SIGNATURE);
  reader.end();
  if (reason > 1 || !isUsableX25519Key(staticKey)) throw new SealdropError("bad-structure");
  const stolen = reason === 1;
  const change: KeyChange = { memberNumber, stolen, oldIdentity, identity, static: staticKey };
  return { change, proof };
};

export type KeyChangeOwner = {
  readonly newsroomId: NewsroomId;
  readonly memberNumber: number;
  /** Of the member's current entry. */
  readonly identity: IdentityPublicKey;
};

/** Throws bad-structure, bad-signature; roster-changed for another member's, or one that replaces another identity. */
export const openKeyChange = (
  crypto: PublicCrypto,
  bytes: Uint8Array,
  owner: KeyChangeOwner,
): KeyChange => {
  const statement = parseStatement(bytes, "key-change");
  verifyStatement(crypto, statement, { newsroomId: owner.newsroomId, key: owner.identity });
  const { change, proof } = parsePayload(statement.payload);
  if (!crypto.verifyEd25519(proof, proofBytes(owner.newsroomId, change), change.identity)) {
    throw new SealdropError("bad-signature");
  }
  const same = equal(change.oldIdentity, owner.identity);
  if (!same || change.memberNumber !== owner.memberNumber)
    throw new SealdropError("roster-changed");
  return change;
};

const WORD_BYTES = 11;

/**
 * Eight words, 88 bits, for member and admin to compare. The member's keys are drawn before anybody sees the words, so whoever
 * wants other keys under the same words needs a second preimage.
 */
export const keyChangeWords = (
  crypto: PublicCrypto,
  { newsroomId, key }: NewsroomKey,
  change: KeyChange,
): readonly string[] =>
  compareWords(
    crypto.blake2b(
      WORD_BYTES,
      labelled("key-change-words", [newsroomId, key, encodeKeyChange(change)]),
    ),
  );
