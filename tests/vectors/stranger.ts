// An opener written from docs/protocol.md and tests/vectors/README.md alone: nothing of src/ is imported here.
import { readFileSync } from "node:fs";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { sha512 } from "@noble/hashes/sha2.js";

/** The reader's kit: bytes, labels and failures, as sections 1 and 2 say. */

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };
export type Case = {
  readonly name: string;
  readonly run: string;
  readonly input: { readonly [name: string]: Json };
  readonly expect: string;
  readonly result?: Json;
};
export type Book = {
  readonly bytes: { readonly [name: string]: string };
  readonly cases: readonly Case[];
};

export const bookNamed = (name: string): Book =>
  JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), "utf8"));

export const bytesFrom = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "utf8"));
export const join = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts));

type Change = {
  of: string;
  from?: number;
  cut?: number;
  at?: number;
  put?: string;
  xor?: string;
  append?: string;
};

/** An input of a case as bytes: hexadecimal, or a changed entry of the table. */
export const inputBytes = (book: Book, input: Json | undefined): Uint8Array => {
  if (typeof input === "string") return bytesFrom(input);
  const change = input as Change;
  const whole = bytesFrom(book.bytes[change.of] ?? "");
  const from = change.from ?? 0;
  const part = whole.slice(from, from + (change.cut ?? whole.length));
  part.set(bytesFrom(change.put ?? ""), change.at ?? 0);
  bytesFrom(change.xor ?? "").forEach((mask, index) => {
    const at = (change.at ?? 0) + index;
    part[at] = (part[at] ?? 0) ^ mask;
  });
  return join(part, bytesFrom(change.append ?? ""));
};

/** What the document calls broken, bad structure and so on; the word is the vectors' word for it. */
export class Refusal extends Error {}
export const refuse = (code: string): never => {
  throw new Refusal(code);
};

export const u8 = (value: number): Uint8Array => Uint8Array.of(value);
export const u32 = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return new Uint8Array(bytes);
};
export const sized = (bytes: Uint8Array): Uint8Array => join(u32(bytes.length), bytes);

/** §1.3 */
export const label = (name: string, ...fields: readonly Uint8Array[]): Uint8Array =>
  join(sized(utf8(`sealdrop/v1/${name}`)), ...fields.map(sized));
export const H = (name: string, ...fields: readonly Uint8Array[]): Uint8Array =>
  blake2b(label(name, ...fields), { dkLen: 32 });
export const D = (key: Uint8Array, name: string, ...fields: readonly Uint8Array[]): Uint8Array =>
  blake2b(label(name, ...fields), { dkLen: 32, key });
export const plainHash = (bytes: Uint8Array): Uint8Array => blake2b(bytes, { dkLen: 32 });

/** Null for a library that throws (§1.4). */
export const attempt = <Value>(run: () => Value): Value | null => {
  try {
    return run();
  } catch {
    return null;
  }
};

export const NONE = new Uint8Array(0);
export const ZERO_NONCE = new Uint8Array(24);
export const aeadOpen = (key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, ad: Uint8Array) =>
  attempt(() => xchacha20poly1305(key, nonce, ad).decrypt(sealed));
export const agree = (privateKey: Uint8Array, publicKey: Uint8Array) =>
  attempt(() => x25519.getSharedSecret(privateKey, publicKey));
export const same = (a: Uint8Array, b: Uint8Array): boolean => hexOf(a) === hexOf(b);

const littleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${hexOf(bytes.slice().reverse())}`);

/** §1.2 */
export const verifies = (signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean =>
  attempt(() => {
    const order = ed25519.Point.Fn.ORDER;
    const [R, S] = [signature.slice(0, 32), littleEndian(signature.slice(32))];
    const A = ed25519.Point.fromBytes(key);
    const k = littleEndian(sha512(join(R, key, message))) % order;
    if (S >= order || A.isSmallOrder()) return false;
    const point = ed25519.Point.BASE.multiplyUnsafe(S).subtract(A.multiplyUnsafe(k));
    return !point.isSmallOrder() && same(point.toBytes(), R);
  }) ?? false;

/** Reads front to back (§2). */
export const reading = (bytes: Uint8Array) => {
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) refuse("bad-structure");
    at += length;
    return bytes.slice(at - length, at);
  };
  const number = (length: number): number =>
    take(length).reduce((sum, byte) => sum * 256 + byte, 0);
  const sizedField = (): Uint8Array => take(number(4));
  return {
    take,
    number,
    sized: sizedField,
    text: (): string =>
      attempt(() =>
        new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(sizedField()),
      ) ?? refuse("bad-structure"),
    rest: (): Uint8Array => bytes.slice(at),
    end: (): void => {
      if (at !== bytes.length) refuse("bad-structure");
    },
  };
};

/** §9.2 */
export const mailboxIdOf = (
  newsroomId: Uint8Array,
  mailbox: Uint8Array,
  k: Uint8Array,
): Uint8Array => blake2b(label("mailbox-id", newsroomId, mailbox, k), { dkLen: 16 });

export type Given = {
  readonly bytes: (name: string) => Uint8Array;
  readonly raw: (name: string) => Json | undefined;
  readonly list: (name: string) => readonly Uint8Array[];
  readonly table: (name: string) => ReadonlyMap<string, Uint8Array>;
};
export const given = (book: Book, item: Case): Given => ({
  bytes: (name) => inputBytes(book, item.input[name]),
  raw: (name) => item.input[name],
  list: (name) => [item.input[name] ?? []].flat().map((one) => inputBytes(book, one)),
  table: (name) =>
    new Map(
      Object.entries(item.input[name] ?? {}).map(([id, bytes]) => [id, inputBytes(book, bytes)]),
    ),
});
