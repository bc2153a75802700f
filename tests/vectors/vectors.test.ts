import { readFileSync } from "node:fs";
import { argon2id } from "@noble/hashes/argon2.js";
import { describe, expect, it } from "vitest";
import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { noble, sodium, sumo } from "./backends.ts";
import { BOOK_NAMES, bookText, makeBook } from "./books.ts";
import { inputsOf, outcomeOf, type VectorBook, type VectorCase } from "./case.ts";
import { vectorPath } from "./files.ts";
import { OPERATIONS } from "./operations.ts";

/** Only the newsroom's build has Argon2id; here noble answers with its own, so that two makers agree. */
const BACKENDS: readonly (readonly [string, PassphraseCrypto])[] = [
  ["sodium", { ...sodium, argon2id: sumo.argon2id }],
  [
    "noble",
    {
      ...noble,
      argon2id: ({ passphrase, salt, memoryKiB, passes, length }) =>
        argon2id(passphrase, salt, { m: memoryKiB, t: passes, p: 1, dkLen: length }),
    },
  ],
];

const written = (name: string): string => readFileSync(vectorPath(name), "utf8");

const answerOf = (crypto: PassphraseCrypto, book: VectorBook, item: VectorCase) => {
  const operation = OPERATIONS[item.run];
  if (operation === undefined) throw new Error(`no operation ${item.run}`);
  return outcomeOf(operation.yes, () => operation.run(crypto, inputsOf(book, item.input)));
};

describe.each(BOOK_NAMES)("vectors of %s", (name) => {
  const book = JSON.parse(written(name)) as VectorBook;
  describe.each(BACKENDS)("on %s", (_backend, crypto) => {
    it.each(book.cases)("$name → $expect", (item) => {
      const { expect: outcome, result } = answerOf(crypto, book, item);
      expect(outcome).toBe(item.expect);
      expect(result).toEqual(item.result);
    });
  });
  it.each(BACKENDS)("are what the generator makes with %s", (_backend, crypto) => {
    expect(bookText(makeBook(crypto, name)) === written(name)).toBe(true);
  });
  it("name each case once", () => {
    const names = book.cases.map((item) => `${item.run}: ${item.name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
