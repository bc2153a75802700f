// Of the opener written from docs/protocol.md alone: the key log, with the recursive definitions of RFC 6962 §2.1.
import { sha256 } from "@noble/hashes/sha2.js";
import {
  attempt,
  type Given,
  H,
  hexOf,
  type Json,
  join,
  label,
  plainHash,
  reading,
  refuse,
  same,
  u8,
  u32,
  utf8,
  verifies,
} from "./stranger.ts";

type Hashes = readonly Uint8Array[];

const leafHash = (leaf: Uint8Array): Uint8Array => sha256(join(u8(0), leaf));
const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(join(u8(1), left, right));

/** The largest power of two below n. */
const split = (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1);

const treeHash = (leaves: Hashes): Uint8Array => {
  const [only] = leaves;
  if (only === undefined) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return leafHash(only);
  const k = split(leaves.length);
  return nodeHash(treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
};

/** §16.1 */
export const root = (input: Given): Json => {
  const leaves = input.list("leaves");
  return { size: leaves.length, root: hexOf(treeHash(leaves)) };
};

/** Thrown where a proof has a hash too few or too many. */
class WrongLength extends Error {}

const last = (proof: Hashes): Uint8Array => {
  const hash = proof.at(-1);
  if (hash === undefined) throw new WrongLength();
  return hash;
};

/** PATH(m, D[n]) read backwards. */
const rootByPath = (
  leaf: Uint8Array,
  [m, n]: readonly [number, number],
  proof: Hashes,
): Uint8Array => {
  if (n === 1) {
    if (proof.length > 0) throw new WrongLength();
    return leaf;
  }
  const k = split(n);
  const [rest, other] = [proof.slice(0, -1), last(proof)];
  return m < k
    ? nodeHash(rootByPath(leaf, [m, k], rest), other)
    : nodeHash(other, rootByPath(leaf, [m - k, n - k], rest));
};

const readProof = (read: ReturnType<typeof reading>): Hashes => {
  const count = read.number(1);
  if (count > 55) refuse("bad-structure");
  return Array.from({ length: count }, () => read.take(32));
};

const readInclusion = (read: ReturnType<typeof reading>) => ({
  index: read.number(8),
  proof: readProof(read),
});

type Head = { readonly size: number; readonly root: Uint8Array };
type Inclusion = ReturnType<typeof readInclusion>;

const isIncluded = (leaf: Uint8Array, { index, proof }: Inclusion, head: Head): boolean =>
  index < head.size &&
  same(
    attempt(() => rootByPath(leafHash(leaf), [index, head.size], proof)) ?? new Uint8Array(0),
    head.root,
  );

const headOf = (input: Given, prefix = ""): Head => ({
  size: Number(input.raw(`${prefix}size`)),
  root: input.bytes(`${prefix}root`),
});

/** §16.2 */
export const inclusion = (input: Given): Json => {
  const read = reading(input.bytes("inclusion"));
  const found = readInclusion(read);
  read.end();
  return {
    index: found.index,
    included: isIncluded(input.bytes("leaf"), found, headOf(input)),
  };
};

type Roots = { readonly old: Uint8Array; readonly new: Uint8Array };
type Part = { readonly m: number; readonly n: number; readonly whole: boolean };

/** SUBPROOF(m, D[n], b) read backwards. */
const rootsBySubproof = (oldRoot: Uint8Array, { m, n, whole }: Part, proof: Hashes): Roots => {
  if (m === n) {
    if (proof.length !== (whole ? 0 : 1)) throw new WrongLength();
    const hash = whole ? oldRoot : last(proof);
    return { old: hash, new: hash };
  }
  const k = split(n);
  const [rest, other] = [proof.slice(0, -1), last(proof)];
  if (m <= k) {
    const left = rootsBySubproof(oldRoot, { m, n: k, whole }, rest);
    return { old: left.old, new: nodeHash(left.new, other) };
  }
  const right = rootsBySubproof(oldRoot, { m: m - k, n: n - k, whole: false }, rest);
  return { old: nodeHash(other, right.old), new: nodeHash(other, right.new) };
};

const isConsistent = (older: Head, newer: Head, proof: Hashes): boolean => {
  if (older.size === 0) return proof.length === 0;
  if (older.size > newer.size) return false;
  const part = { m: older.size, n: newer.size, whole: true };
  const roots = attempt(() => rootsBySubproof(older.root, part, proof));
  return roots !== null && same(roots.old, older.root) && same(roots.new, newer.root);
};

export const consistency = (input: Given): Json => {
  const read = reading(input.bytes("proof"));
  const proof = readProof(read);
  read.end();
  return { consistent: isConsistent(headOf(input, "old "), headOf(input), proof) };
};

const fromBase64 = (text: string): Uint8Array => {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) refuse("bad-structure");
  return new Uint8Array(bytes);
};

const nameOf = (N: Uint8Array): string => `sealdrop/v1/log/${Buffer.from(N).toString("base64url")}`;
const keyIdOf = (name: string, key: Uint8Array): Uint8Array =>
  sha256(join(utf8(name), u8(10), u8(1), key)).slice(0, 4);

const signatureIn = (line: string, name: string, key: Uint8Array): Uint8Array | null => {
  const [dash, signer, text, ...more] = line.split(" ");
  if (dash !== "—" || text === undefined || more.length > 0) refuse("bad-structure");
  const bytes = fromBase64(text ?? "");
  const ours = signer === name && same(bytes.slice(0, 4), keyIdOf(name, key));
  return ours && bytes.length === 68 ? bytes.slice(4) : null;
};

/** §16.3 */
const openCheckpoint = (note: Uint8Array, N: Uint8Array, key: Uint8Array): Head => {
  const name = nameOf(N);
  const text = Buffer.from(note).toString("utf8");
  const [signed, below, ...more] = text.split("\n\n");
  const lines = (below ?? refuse("bad-structure")).split("\n");
  const whole = lines.pop() === "" && lines.length <= 16 && more.length === 0;
  if (!whole || note.length > 4_096) refuse("bad-structure");
  const signature = lines.map((line) => signatureIn(line, name, key)).find((one) => one !== null);
  if (signature == null || !verifies(signature, utf8(`${signed}\n`), key)) refuse("bad-signature");
  const [first, size = "", hash = "", ...rest] = (signed ?? "").split("\n");
  const isHead = first === name && /^(?:0|[1-9][0-9]*)$/.test(size) && rest.length === 0;
  if (!isHead) refuse("bad-structure");
  const bytes = fromBase64(hash);
  if (bytes.length !== 32) refuse("bad-structure");
  return { size: Number(size), root: bytes };
};

export const checkpoint = (input: Given): Json => {
  const [N, key] = [input.bytes("newsroomId"), input.bytes("logKey")];
  const head = openCheckpoint(input.bytes("checkpoint"), N, key);
  const name = nameOf(N);
  const line = Buffer.from(join(u8(1), key)).toString("base64");
  const verifierKey = `${name}+${hexOf(keyIdOf(name, key))}+${line}`;
  return { name, size: head.size, root: hexOf(head.root), verifierKey };
};

/** §16.4 */
export const leaves = (input: Given): Json => {
  const read = reading(input.bytes("leaves"));
  const count = read.number(2);
  if (count > 256) refuse("bad-structure");
  const all = Array.from({ length: count }, () => hexOf(read.sized()));
  read.end();
  return all;
};

/** §7, as far as it names what must be a leaf. */
const statementsOf = (bundle: Uint8Array): Hashes => {
  const read = reading(bundle);
  const list = () => Array.from({ length: read.number(2) }, () => read.sized());
  if (read.number(1) !== 1) refuse("bad-structure");
  const newsroom = list();
  const roster = read.sized();
  read.sized();
  const keys = list();
  read.end();
  return [...newsroom, roster, ...keys];
};

export const evidence = (input: Given): Json => {
  const read = reading(input.bytes("evidence"));
  if (read.number(1) !== 1) refuse("bad-structure");
  const [bundle, logKey, note] = [read.sized(), read.take(32), read.sized()];
  const inclusions = Array.from({ length: read.number(2) }, () => readInclusion(read));
  const proof = readProof(read);
  read.end();
  const head = openCheckpoint(note, input.bytes("newsroomId"), logKey);
  const statements = statementsOf(bundle);
  const proven =
    statements.length === inclusions.length &&
    inclusions.every((one, at) => isIncluded(statements[at] ?? new Uint8Array(0), one, head));
  const consistent = isConsistent(headOf(input, "old "), head, proof);
  return { logKey: hexOf(logKey), size: head.size, proven, consistent };
};

const vaultHash = (version: number, list: Uint8Array): Uint8Array =>
  H("vault-version", u32(version), plainHash(list));

/** §16.5 */
export const vaultStamp = (input: Given): Json =>
  hexOf(vaultHash(Number(input.raw("version")), input.bytes("list")));

/** §4: the payload of a statement, once its signature is right. */
const payloadOf = (input: Given, kind: readonly [number: number, name: string], key: string) => {
  const statement = reading(input.bytes("statement"));
  if (statement.number(1) !== kind[0]) refuse("bad-structure");
  const [payload, signature] = [statement.sized(), statement.take(64)];
  statement.end();
  const signed = label(kind[1], input.bytes("newsroomId"), payload);
  if (!verifies(signature, signed, input.bytes(key))) refuse("bad-signature");
  const read = reading(payload);
  if (read.number(1) !== 1) refuse("bad-structure");
  return read;
};

export const seen = (input: Given): Json => {
  const read = payloadOf(input, [7, "seen"], "identity");
  const said = {
    memberNumber: read.number(2),
    size: read.number(8),
    root: hexOf(read.take(32)),
    rosterNumber: read.number(4),
    vaultVersion: read.number(4),
    vaultHash: hexOf(read.take(32)),
    day: read.number(4),
  };
  read.end();
  return said;
};

/** §16.7 */
export const restored = (input: Given): Json => {
  const read = payloadOf(input, [6, "restored"], "newsroomKey");
  const [size, hash] = [read.number(8), hexOf(read.take(32))];
  const said = { size, root: hash, memberNumber: read.number(2), day: read.number(4) };
  read.end();
  return said;
};

/** §18.5 */
export const anchor = (input: Given): Json => {
  const read = reading(input.bytes("leaf"));
  if (read.number(1) !== 64 || read.number(1) !== 1) return null;
  const said = { day: read.number(4), hash: hexOf(read.take(32)) };
  read.end();
  return said;
};
