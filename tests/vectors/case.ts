import { concat } from "../../src/protocol/public/bytes.ts";
import { type ErrorCode, SealdropError } from "../../src/protocol/public/errors.ts";
import { unhex } from "../../src/protocol/public/self-test.ts";

/** The form of a vector. `README.md` beside this file tells strangers how to read one. */

/**
 * Hexadecimal, or bytes of the file's own table with changes, in this order: from where, cut to what length, put and xor
 * at a place (counted after `from`), append.
 */
export type ChangedBytes = {
  readonly of: string;
  readonly from?: number;
  readonly cut?: number;
  readonly at?: number;
  readonly put?: string;
  readonly xor?: string;
  readonly append?: string;
};

export type Given =
  | string
  | number
  | readonly Given[]
  | ChangedBytes
  | { readonly [name: string]: Given };
export type Result =
  | string
  | number
  | boolean
  | null
  | readonly Result[]
  | { readonly [name: string]: Result };

export type Outcome = "opened" | "not-for-me" | "valid" | ErrorCode;

export type VectorCase = {
  readonly name: string;
  readonly run: string;
  readonly input: { readonly [name: string]: Given };
  readonly expect: Outcome;
  readonly result?: Result;
};

export type VectorBook = {
  readonly about: string;
  readonly bytes: { readonly [name: string]: string };
  readonly cases: readonly VectorCase[];
};

/** Reads the inputs of one case by name. */
export type Inputs = {
  bytes(name: string): Uint8Array;
  number(name: string): number;
  text(name: string): string;
  list(name: string): readonly Uint8Array[];
  numbers(name: string): readonly number[];
  /** A table of bytes by name, in the order written. */
  table(name: string): ReadonlyMap<string, Uint8Array>;
  has(name: string): boolean;
};

const changed = (whole: Uint8Array, change: ChangedBytes): Uint8Array => {
  const from = change.from ?? 0;
  const bytes = whole.slice(from, from + (change.cut ?? whole.length));
  const at = change.at ?? 0;
  if (change.put !== undefined) bytes.set(unhex(change.put), at);
  unhex(change.xor ?? "").forEach((mask, index) => {
    bytes[at + index] = (bytes[at + index] ?? 0) ^ mask;
  });
  return concat([bytes, unhex(change.append ?? "")]);
};

const isChange = (given: Given | undefined): given is ChangedBytes =>
  typeof given === "object" &&
  !Array.isArray(given) &&
  typeof (given as ChangedBytes).of === "string";

const bytesOf = (book: Pick<VectorBook, "bytes">, given: Given | undefined): Uint8Array => {
  if (typeof given === "string") return unhex(given);
  if (!isChange(given)) throw new Error("not bytes");
  const whole = book.bytes[given.of];
  if (whole === undefined) throw new Error(`no bytes named ${given.of}`);
  return changed(unhex(whole), given);
};

export const inputsOf = (book: Pick<VectorBook, "bytes">, input: VectorCase["input"]): Inputs => {
  const items = (name: string): readonly Given[] => {
    const given = input[name];
    if (!Array.isArray(given)) throw new Error(`${name} is no list`);
    return given;
  };
  return {
    bytes: (name) => bytesOf(book, input[name]),
    number: (name) => Number(input[name]),
    text: (name) => String(input[name]),
    list: (name) => items(name).map((item) => bytesOf(book, item)),
    numbers: (name) => items(name).map(Number),
    table: (name) =>
      new Map(Object.entries(input[name] ?? {}).map(([key, value]) => [key, bytesOf(book, value)])),
    has: (name) => Object.hasOwn(input, name),
  };
};

/** What came of an operation, in words that a vector can name. */
export const outcomeOf = (
  yes: "opened" | "valid",
  run: () => Result,
): { readonly expect: Outcome; readonly result?: Result } => {
  try {
    const result = run();
    return result === null ? { expect: "not-for-me" } : { expect: yes, result };
  } catch (error) {
    if (error instanceof SealdropError) return { expect: error.code };
    throw error;
  }
};
