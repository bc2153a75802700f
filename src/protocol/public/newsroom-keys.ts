import { concat, equal, readerOf, u8, u32 } from "./bytes.ts";
import type { NewsroomId, NewsroomPublicKey, PublicCrypto } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { hash, labelled } from "./labels.ts";
import { HASH, SIGNATURE } from "./limits.ts";
import {
  openNewsroomCreated,
  parseStatement,
  type Statement,
  verifyStatement,
} from "./statement.ts";

/** The newsroom's keys one after the other, from *created* over every rotation. docs/protocol.md §4.5. */

export type NewsroomEra = {
  readonly key: NewsroomPublicKey;
  readonly nextCommitment: Uint8Array;
  readonly day: number;
  /** Rosters with a higher number are this key's, up to the next era. */
  readonly afterRoster: number;
  /** The key before may be in other hands, or is lost: it did not sign its own end. */
  readonly stolen: boolean;
};

export type NewsroomKeys = {
  readonly newsroomId: NewsroomId;
  /** Oldest first. */
  readonly eras: readonly [NewsroomEra, ...NewsroomEra[]];
};

export type Rotation = NewsroomEra & {
  readonly newsroomId: NewsroomId;
  /** 1 for the first rotation. */
  readonly ordinal: number;
};

/** The payload up to the former key's signature. */
export const encodeRotation = (rotation: Rotation): Uint8Array =>
  concat([
    u8(1),
    rotation.newsroomId,
    u32(rotation.ordinal),
    u8(rotation.stolen ? 1 : 0),
    rotation.key,
    rotation.nextCommitment,
    u32(rotation.afterRoster),
    u32(rotation.day),
  ]);

/** What the former key signs, under a label of its own: it is never the statement itself. */
export const formerSignedBytes = (newsroomId: NewsroomId, encoded: Uint8Array): Uint8Array =>
  labelled("newsroom-former", [newsroomId, encoded]);

export const newestEra = ({ eras }: NewsroomKeys): NewsroomEra => eras.at(-1) ?? eras[0];

type ParsedRotation = { readonly rotation: Rotation; readonly formerSignature: Uint8Array };

/** Shape only; whether it counts is for `openNewsroomKeys`. Throws bad-structure. */
export const parseRotation = ({ payload }: Statement): ParsedRotation => {
  const reader = readerOf(payload);
  const version = reader.u8();
  const newsroomId = reader.bytes(HASH) as NewsroomId;
  const ordinal = reader.u32();
  const reason = reader.u8();
  const key = reader.bytes(32) as NewsroomPublicKey;
  const nextCommitment = reader.bytes(HASH);
  const afterRoster = reader.u32();
  const day = reader.u32();
  const formerSignature = reader.bytes(SIGNATURE);
  reader.end();
  if (version !== 1 || reason > 1) throw new SealdropError("bad-structure");
  const stolen = reason === 1;
  const rotation = { newsroomId, ordinal, stolen, key, nextCommitment, afterRoster, day };
  return { rotation, formerSignature };
};

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

const openRotation = (
  crypto: PublicCrypto,
  bytes: Uint8Array,
  before: NewsroomKeys,
): NewsroomEra => {
  const { newsroomId, eras } = before;
  const former = newestEra(before);
  const statement = parseStatement(bytes, "newsroom-rotated");
  const { rotation, formerSignature } = parseRotation(statement);
  const { key, stolen } = rotation;
  if (rotation.ordinal !== eras.length) throw new SealdropError("bad-structure");
  verifyStatement(crypto, statement, { newsroomId, key });
  const signed = formerSignedBytes(newsroomId, statement.payload.subarray(0, -SIGNATURE));
  const released = stolen
    ? isZero(formerSignature)
    : crypto.verifyEd25519(formerSignature, signed, former.key);
  // The key that the statement before committed to and no other, whatever the former key has signed.
  if (!released || !equal(hash(crypto, "newsroom-next", [key]), former.nextCommitment)) {
    throw new SealdropError("bad-signature");
  }
  if (!equal(rotation.newsroomId, newsroomId)) throw new SealdropError("wrong-newsroom");
  if (rotation.afterRoster <= former.afterRoster) throw new SealdropError("roster-invalid");
  return rotation;
};

/**
 * The whole chain, in order and without a gap. Throws bad-structure, wrong-newsroom, bad-signature (also for a key that was
 * not committed to), roster-invalid.
 */
export const openNewsroomKeys = (
  crypto: PublicCrypto,
  [created, ...rotations]: readonly Uint8Array[],
): NewsroomKeys => {
  if (created === undefined) throw new SealdropError("bad-structure");
  const { newsroomId, newsroomKey: key, ...first } = openNewsroomCreated(crypto, created);
  const eras: [NewsroomEra, ...NewsroomEra[]] = [{ ...first, key, afterRoster: 0, stolen: false }];
  for (const bytes of rotations) eras.push(openRotation(crypto, bytes, { newsroomId, eras }));
  return { newsroomId, eras };
};

/** Whose key signs the roster of that number. */
export const keyOfRoster = ({ eras }: NewsroomKeys, number: number): NewsroomPublicKey =>
  (eras.findLast(({ afterRoster }) => afterRoster < number) ?? eras[0]).key;

/** Which era a link's fingerprint names; -1 for none. Every key of the chain has itself signed for this newsroom. */
export const eraNamed = ({ eras }: NewsroomKeys, fingerprint: Uint8Array): number =>
  eras.findIndex(({ key }) => equal(key, fingerprint));
