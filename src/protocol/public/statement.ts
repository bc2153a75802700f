import { concat, readerOf, sized, u8 } from "./bytes.ts";
import type { IdentityPublicKey, NewsroomId, NewsroomPublicKey, PublicCrypto } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { hash, type Label, labelled } from "./labels.ts";
import { HASH, SIGNATURE } from "./limits.ts";

/** Signed statements: kind, payload, one signature. docs/protocol.md §4. */

export const STATEMENT_KINDS = {
  "newsroom-created": 1,
  "newsroom-rotated": 2,
  roster: 3,
  "messaging-key": 4,
  "key-change": 5,
  restored: 6,
  seen: 7,
} as const satisfies Partial<Record<Label, number>>;

export type StatementKind = keyof typeof STATEMENT_KINDS;

export type Statement = {
  readonly kind: StatementKind;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
};

const MAX_PAYLOAD = 131_072;
const KIND_BY_NUMBER = new Map<number, StatementKind>([
  [1, "newsroom-created"],
  [2, "newsroom-rotated"],
  [3, "roster"],
  [4, "messaging-key"],
  [5, "key-change"],
  [6, "restored"],
  [7, "seen"],
]);

export const encodeStatement = (statement: Statement): Uint8Array =>
  concat([u8(STATEMENT_KINDS[statement.kind]), sized(statement.payload), statement.signature]);

/** Shape only; who signed it is for `verifyStatement`. Throws bad-structure. */
export const parseStatement = (bytes: Uint8Array, kind: StatementKind): Statement => {
  const reader = readerOf(bytes);
  if (KIND_BY_NUMBER.get(reader.u8()) !== kind) throw new SealdropError("bad-structure");
  const payload = reader.sized(MAX_PAYLOAD);
  const signature = reader.bytes(SIGNATURE);
  reader.end();
  return { kind, payload, signature };
};

/** The bytes that are signed: label of the kind, newsroom id (zeros for *created*, which makes it), payload. */
export const signedBytes = (statement: Omit<Statement, "signature">, newsroomId: Uint8Array) =>
  labelled(statement.kind, [newsroomId, statement.payload]);

export type Signer = {
  readonly newsroomId: Uint8Array;
  readonly key: NewsroomPublicKey | IdentityPublicKey;
};

/** Throws bad-signature. */
export const verifyStatement = (
  crypto: PublicCrypto,
  statement: Statement,
  signer: Signer,
): void => {
  const message = signedBytes(statement, signer.newsroomId);
  if (!crypto.verifyEd25519(statement.signature, message, signer.key)) {
    throw new SealdropError("bad-signature");
  }
};

/** *Newsroom created*: the first newsroom key, the commitment to the next, the day. docs/protocol.md §4.1. */
export type NewsroomCreated = {
  readonly newsroomId: NewsroomId;
  readonly newsroomKey: NewsroomPublicKey;
  readonly nextCommitment: Uint8Array;
  readonly day: number;
};

export const NO_NEWSROOM_ID: Uint8Array = new Uint8Array(HASH);

/** Parses, verifies under the key it names, and derives the newsroom id. Throws bad-structure, bad-signature. */
export const openNewsroomCreated = (crypto: PublicCrypto, bytes: Uint8Array): NewsroomCreated => {
  const statement = parseStatement(bytes, "newsroom-created");
  const reader = readerOf(statement.payload);
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const newsroomKey = reader.bytes(32) as NewsroomPublicKey;
  const nextCommitment = reader.bytes(HASH);
  const day = reader.u32();
  reader.end();
  verifyStatement(crypto, statement, { newsroomId: NO_NEWSROOM_ID, key: newsroomKey });
  const newsroomId = hash(crypto, "newsroom-id", [statement.payload]) as NewsroomId;
  return { newsroomId, newsroomKey, nextCommitment, day };
};
