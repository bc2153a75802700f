import { parseBundle } from "./bundle.ts";
import type { Reader } from "./bytes.ts";
import { concat, readerOf, sized, u8, u16, u64 } from "./bytes.ts";
import type { LogPublicKey, PublicCrypto } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { HASH, MAX_JOURNALISTS, MAX_SETTINGS, MAX_STATEMENT } from "./limits.ts";
import { MAX_NOTE } from "./log-checkpoint.ts";
import { type Head, isIncluded, type Proof } from "./log-proof.ts";
import { leafHash } from "./log-tree.ts";

/** Answers of the log's routes as bytes. docs/protocol.md §16.4. */

/** A tree of 2^53 leaves has no longer proof. */
const MAX_PROOF = 55;
const MAX_BUNDLE = 1_048_576;
const MAX_PROVEN = 2 * MAX_JOURNALISTS + 101;
/** Leaves in one answer; by bytes it ends at the first leaf that passes this. */
export const LEAVES_A_PAGE = 256;
export const LEAF_BYTES_A_PAGE = 524_288;

export const encodeProof = (proof: Proof): Uint8Array => concat([u8(proof.length), ...proof]);

const readProof = (reader: Reader): Proof => {
  const count = reader.u8();
  if (count > MAX_PROOF) throw new SealdropError("bad-structure");
  return Array.from({ length: count }, () => reader.bytes(HASH));
};

/** Throws bad-structure, as all of these. */
export const parseProof = (bytes: Uint8Array): Proof => {
  const reader = readerOf(bytes);
  const proof = readProof(reader);
  reader.end();
  return proof;
};

export type Inclusion = { readonly index: number; readonly proof: Proof };

export const encodeInclusion = ({ index, proof }: Inclusion): Uint8Array =>
  concat([u64(index), encodeProof(proof)]);

const readInclusion = (reader: Reader): Inclusion => ({
  index: reader.u64(),
  proof: readProof(reader),
});

export const parseInclusion = (bytes: Uint8Array): Inclusion => {
  const reader = readerOf(bytes);
  const inclusion = readInclusion(reader);
  reader.end();
  return inclusion;
};

export const encodeLeaves = (leaves: readonly Uint8Array[]): Uint8Array =>
  concat([u16(leaves.length), ...leaves.map(sized)]);

export const parseLeaves = (bytes: Uint8Array): readonly Uint8Array[] => {
  const reader = readerOf(bytes);
  const count = reader.u16();
  if (count > LEAVES_A_PAGE) throw new SealdropError("bad-structure");
  const leaves = Array.from({ length: count }, () => reader.sized(MAX_STATEMENT));
  reader.end();
  return leaves;
};

/** The newsroom bundle with proof that everything in it is in the log: one answer, one tree. */
export type Evidence = {
  readonly bundle: Uint8Array;
  readonly logKey: LogPublicKey;
  readonly checkpoint: Uint8Array;
  /** In the bundle's order: newsroom statements, roster, messaging keys. */
  readonly inclusions: readonly Inclusion[];
  /** That the tree of the size that was asked for is this one's beginning. */
  readonly consistency: Proof;
};

export const encodeEvidence = (evidence: Evidence): Uint8Array =>
  concat([
    u8(1),
    sized(evidence.bundle),
    evidence.logKey,
    sized(evidence.checkpoint),
    u16(evidence.inclusions.length),
    ...evidence.inclusions.map(encodeInclusion),
    encodeProof(evidence.consistency),
  ]);

export const parseEvidence = (bytes: Uint8Array): Evidence => {
  const reader = readerOf(bytes);
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const bundle = reader.sized(MAX_BUNDLE + MAX_SETTINGS);
  const logKey = reader.bytes(32) as LogPublicKey;
  const checkpoint = reader.sized(MAX_NOTE);
  const count = reader.u16();
  if (count > MAX_PROVEN) throw new SealdropError("bad-structure");
  const inclusions = Array.from({ length: count }, () => readInclusion(reader));
  const consistency = readProof(reader);
  reader.end();
  return { bundle, logKey, checkpoint, inclusions, consistency };
};

/** The statements of a bundle that must be leaves, in the order of their proofs. */
export const provenStatements = (bundle: Uint8Array): readonly Uint8Array[] => {
  const { newsroomStatements, roster, messagingKeys } = parseBundle(bundle);
  return [...newsroomStatements, roster, ...messagingKeys];
};

/** True when each statement of the bundle has its proof under this head. */
export const isProven = (crypto: PublicCrypto, evidence: Evidence, head: Head): boolean => {
  const statements = provenStatements(evidence.bundle);
  if (statements.length !== evidence.inclusions.length) return false;
  return statements.every((statement, at) => {
    const found = evidence.inclusions[at];
    if (found === undefined) return false;
    const claim = { leaf: leafHash(crypto, statement), index: found.index, ...head };
    return isIncluded(crypto, claim, found.proof);
  });
};
