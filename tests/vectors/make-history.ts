import type { HeaderHash, StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import type { ContentKey, PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { encodeHistory } from "../../src/protocol/secret/history.ts";
import { eachCut, type Field, startBook } from "./book.ts";
import type { ChangedBytes, Outcome, VectorBook } from "./case.ts";

const DAY = 20_700;

/** What letters about history say. docs/protocol.md §15.1. */
export const makeHistories = (crypto: PassphraseCrypto): VectorBook => {
  const book = startBook(crypto, "docs/protocol.md §15.1: keys to shared history.");
  const item = () => ({
    header: crypto.random(32) as HeaderHash,
    contentKey: crypto.random(32) as ContentKey,
    senderStatic: crypto.random(32) as StaticPublicKey,
    day: DAY,
  });
  const whole = book.keep("history", encodeHistory([item(), item()]));
  const add = (name: string, change: Partial<ChangedBytes>, expect: Outcome) =>
    book.add({ name, run: "parse-history", input: { history: { ...whole, ...change } }, expect });
  const fieldsOf = (which: string): readonly Field[] => [
    [`header hash of the ${which}`, 32],
    [`content key of the ${which}`, 32],
    [`sender's static key of the ${which}`, 32],
    [`day of the ${which}`, 4],
  ];
  add("two messages", {}, "valid");
  add("another version", { at: 0, put: "02" }, "bad-structure");
  add("a count of none", { at: 1, put: "0000" }, "bad-structure");
  add("a count beyond what a letter holds", { at: 1, put: "0a3e" }, "bad-structure");
  add("a day beyond what a wrap holds", { at: 3 + 96, put: "00010000" }, "bad-structure");
  const fields: readonly Field[] = [
    ["version", 1],
    ["count", 2],
    ...fieldsOf("first"),
    ...fieldsOf("second"),
  ];
  eachCut(fields, whole, (name, damaged) => {
    add(name, damaged, "bad-structure");
  });
  return book.finished();
};
