import { hex } from "../../src/protocol/public/bytes.ts";
import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import {
  type ChangedBytes,
  inputsOf,
  outcomeOf,
  type VectorBook,
  type VectorCase,
} from "./case.ts";
import { OPERATIONS } from "./operations.ts";

/** Collects the cases of one file. What is written down as expected is a person's claim; the code has to agree with it. */
export type Book = {
  keep(name: string, bytes: Uint8Array): ChangedBytes;
  add(item: Omit<VectorCase, "result">): void;
  finished(): VectorBook;
};

export const startBook = (crypto: PassphraseCrypto, about: string): Book => {
  const bytes: Record<string, string> = {};
  const cases: VectorCase[] = [];
  return {
    keep: (name, kept) => {
      if (bytes[name] !== undefined) throw new Error(`${name} is there already`);
      bytes[name] = hex(kept);
      return { of: name };
    },
    add: (item) => {
      const operation = OPERATIONS[item.run];
      if (operation === undefined) throw new Error(`no operation ${item.run}`);
      const inputs = inputsOf({ bytes }, item.input);
      const came = outcomeOf(operation.yes, () => operation.run(crypto, inputs));
      if (came.expect !== item.expect) {
        throw new Error(`${item.name}: expected ${item.expect}, came ${came.expect}`);
      }
      cases.push({ ...item, ...came });
    },
    finished: () => ({ about, bytes, cases }),
  };
};

export type Field = readonly [name: string, length: number];

/** One changed bit in each field of a structure: `answer` says what has to come of it. */
export const eachField = (
  fields: readonly Field[],
  whole: ChangedBytes,
  each: (field: string, damaged: ChangedBytes) => void,
): void => {
  let at = 0;
  for (const [name, length] of fields) {
    each(name, { ...whole, at: at + length - 1, xor: "01" });
    at += length;
  }
};

/** The structure cut off before each of its fields, and with one byte too many. */
export const eachCut = (
  fields: readonly Field[],
  whole: ChangedBytes,
  each: (name: string, damaged: ChangedBytes) => void,
): void => {
  let at = 0;
  for (const [name, length] of fields) {
    each(`cut before ${name}`, { ...whole, cut: at });
    at += length;
  }
  each("cut by one byte", { ...whole, cut: at - 1 });
  each("one byte too many", { ...whole, append: "00" });
};
