import { concat, hex } from "../../src/protocol/public/bytes.ts";
import { encodeInclusion, encodeProof } from "../../src/protocol/public/log-evidence.ts";
import type { Proof } from "../../src/protocol/public/log-proof.ts";
import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { type Book, startBook } from "./book.ts";
import type { VectorBook } from "./case.ts";
import { addAnswers } from "./make-log-answers.ts";
import { addSaid } from "./make-log-said.ts";
import { plantLog, shownHead, type Tree } from "./planted-log.ts";
import { makeWorld } from "./world.ts";

/** The key log: its tree and what is proved of it. */

const addTree = (book: Book, leaves: readonly Uint8Array[]): void => {
  for (const size of [0, 1, 2, 3, 4, 5, 7, 8, 9]) {
    const input = { leaves: leaves.slice(0, size).map(hex) };
    book.add({ name: `a tree of ${size}`, run: "log-root", input, expect: "valid" });
  }
};

const swapped = ([first, second, ...rest]: Proof): Proof =>
  first === undefined || second === undefined ? [] : [second, first, ...rest];

/** What a proof must not prove: a hash too few, one too many, two in the other order. */
const spoilt = (proof: Proof): readonly (readonly [string, Proof])[] => [
  ["one hash too few", proof.slice(1)],
  ["one hash too many", [...proof, proof[0] ?? new Uint8Array(32)]],
  ...(proof.length > 1 ? ([["two hashes in the other order", swapped(proof)]] as const) : []),
];

const addInclusions = (book: Book, tree: Tree, leaves: readonly Uint8Array[]): void => {
  const add = (name: string, change: object, [index, size]: readonly [number, number]): void => {
    const inclusion = hex(encodeInclusion({ index, proof: tree.inclusion(index, size) }));
    const leaf = hex(leaves[index] ?? new Uint8Array(0));
    const input = { leaf, inclusion, ...shownHead(tree.head(size)), ...change };
    book.add({ name, run: "log-inclusion", input, expect: "valid" });
  };
  for (const place of [
    [0, 1],
    [0, 2],
    [1, 2],
    [2, 3],
    [6, 7],
    [3, 8],
    [8, 9],
    [4, 9],
  ] as const)
    add(`leaf ${place[0]} of ${place[1]}`, {}, place);
  for (const [name, proof] of spoilt(tree.inclusion(4, 9)))
    add(name, { inclusion: hex(encodeInclusion({ index: 4, proof })) }, [4, 9]);
  const proof = tree.inclusion(4, 9);
  add("another leaf", { leaf: hex(leaves[5] ?? new Uint8Array(0)) }, [4, 9]);
  add("at another place", { inclusion: hex(encodeInclusion({ index: 5, proof })) }, [4, 9]);
  add(
    "at a place that the tree has not",
    { inclusion: hex(encodeInclusion({ index: 9, proof })) },
    [4, 9],
  );
  add("in another tree", shownHead(tree.head(8)), [4, 9]);
  add("of a node as if it were a leaf", { leaf: hex(concat(tree.inclusion(2, 4))) }, [4, 9]);
  const long = Array.from({ length: 56 }, () => new Uint8Array(32));
  const input = {
    leaf: "00",
    inclusion: hex(encodeInclusion({ index: 0, proof: long })),
    ...shownHead(tree.head(1)),
  };
  book.add({
    name: "more hashes than any tree has",
    run: "log-inclusion",
    input,
    expect: "bad-structure",
  });
};

const addConsistencies = (book: Book, tree: Tree): void => {
  const add = (name: string, [from, to]: readonly [number, number], change: object = {}): void => {
    const proof = hex(encodeProof(tree.consistency(from, to)));
    const input = {
      ...shownHead(tree.head(from), "old "),
      ...shownHead(tree.head(to)),
      proof,
      ...change,
    };
    book.add({ name, run: "log-consistency", input, expect: "valid" });
  };
  for (const sizes of [
    [0, 9],
    [1, 2],
    [1, 9],
    [2, 9],
    [3, 7],
    [4, 8],
    [6, 8],
    [7, 9],
    [9, 9],
  ] as const)
    add(`a tree of ${sizes[0]} as the beginning of one of ${sizes[1]}`, sizes);
  for (const [name, proof] of spoilt(tree.consistency(6, 9)))
    add(name, [6, 9], { proof: hex(encodeProof(proof)) });
  add("of an empty tree with a hash", [0, 9], { proof: hex(encodeProof([new Uint8Array(32)])) });
  add("of the same tree with a hash", [9, 9], { proof: hex(encodeProof([new Uint8Array(32)])) });
  add("from a larger tree to a smaller", [9, 9], shownHead(tree.head(8)));
  add("another old root", [6, 9], { "old root": hex(tree.head(5).root) });
  add("another new root", [6, 9], { root: hex(tree.head(8).root) });
};

export const makeLog = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const book = startBook(crypto, "docs/protocol.md §16 and §18.5: the key log.");
  const leaves = Array.from({ length: 9 }, (_, at) => crypto.random(3 + at));
  const seed = crypto.random(32);
  const tree = plantLog(world, leaves);
  addTree(book, leaves);
  addInclusions(book, tree, leaves);
  addConsistencies(book, tree);
  addAnswers(book, world, { leaves, tree, seed });
  addSaid(book, world, tree.head(9));
  return book.finished();
};
