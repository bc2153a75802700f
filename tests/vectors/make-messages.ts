import { hex } from "../../src/protocol/public/bytes.ts";
import type { HeaderHash, UploadId } from "../../src/protocol/public/crypto.ts";
import { SLOT } from "../../src/protocol/public/limits.ts";
import type { FileKey, PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { type Book, eachCut, eachField, type Field, startBook } from "./book.ts";
import type { ChangedBytes, Given, VectorBook, VectorCase } from "./case.ts";
import {
  HEADER_FIELDS,
  handed,
  type InputTable,
  newsroomInput,
  type Parts,
  partsOf,
  readerInput,
  sealTo,
  sourceInput,
} from "./sealed.ts";
import { makeWorld, type World } from "./world.ts";

const addParsing = (book: Book, parts: Parts, bytes: Uint8Array): void => {
  const run = "parse-message";
  const add = (name: string, message: ChangedBytes, expect: VectorCase["expect"]) =>
    book.add({ name, run, input: { message }, expect });
  add("a message with four slots", parts.message, "valid");
  const fields: readonly Field[] = [
    ...HEADER_FIELDS,
    ["sealed summary", 528],
    ["sealed body", 4_112],
  ];
  // Ids, roster, period and hashes of the header mean nothing to a parser; a reader's slot is bound to them.
  const seen = new Set([
    "version",
    "suite",
    "body class",
    "content hash",
    "sealed summary",
    "sealed body",
  ]);
  eachField(fields, parts.message, (field, damaged) => {
    add(`changed: ${field}`, damaged, seen.has(field) ? "bad-structure" : "valid");
  });
  eachCut(
    [...fields, ["slots", bytes.length - 203 - 528 - 4_112]],
    parts.message,
    (name, damaged) => {
      add(name, damaged, "bad-structure");
    },
  );
  add(
    "a slot taken away: for who knows the roster",
    { ...parts.message, cut: bytes.length - SLOT },
    "valid",
  );
};

const addTip = (book: Book, world: World, tip: Parts): void => {
  const { ada, bea, cem, dov } = world.people;
  const newsroom = newsroomInput(world);
  const add = (name: string, input: InputTable, expect: VectorCase["expect"]) =>
    book.add({ name, run: "open-message", input: { ...newsroom, ...input }, expect });
  const toBea = { ...handed(tip, 1), ...readerInput(bea) };
  add("opened by the reader it is for", toBea, "opened");
  add("a decoy: Ada was not chosen", { ...handed(tip, 2), ...readerInput(ada) }, "not-for-me");
  add("a decoy: the third has no key", { ...handed(tip, 3), ...readerInput(cem) }, "not-for-me");
  add(
    "a decoy: the source did not ask for a copy",
    { ...handed(tip, 0), ...sourceInput(world) },
    "not-for-me",
  );
  add("another reader's slot", { ...toBea, ...readerInput(ada), position: 1 }, "not-for-me");
  add("right slot, wrong position", { ...toBea, position: 2 }, "not-for-me");
  add("the slot of one position at another", { ...toBea, slot: tip.slots[2] ?? "" }, "not-for-me");
  add(
    "the key of another period",
    { ...toBea, messagingSeed: hex(dov.messagingSeed) },
    "not-for-me",
  );
  add(
    "another identity in the roster",
    { ...toBea, identity: hex(dov.entry.identity) },
    "not-for-me",
  );
  add(
    "another static key in the roster",
    { ...toBea, static: hex(dov.entry.static) },
    "not-for-me",
  );
  add(
    "another messaging key in the roster",
    { ...toBea, messaging: hex(dov.messaging) },
    "not-for-me",
  );
  add(
    "another static private key",
    { ...toBea, staticPrivate: hex(dov.staticPrivate) },
    "message-broken",
  );
  const shape = new Set(["version", "suite"]);
  eachField(HEADER_FIELDS, tip.header, (field, header) => {
    // Class 0 becomes class 1, which a header may name; the slot is bound to the class it was sealed with.
    add(
      `changed: ${field}`,
      { ...toBea, header },
      shape.has(field) ? "bad-structure" : "not-for-me",
    );
  });
  eachCut(HEADER_FIELDS, tip.header, (name, header) => {
    add(`header ${name}`, { ...toBea, header }, "bad-structure");
  });
  add(
    "changed: sealed summary",
    { ...toBea, summary: { ...tip.summary, at: 100, xor: "01" } },
    "message-broken",
  );
  add(
    "changed: sealed body",
    { ...toBea, body: { ...tip.body, at: 4_000, xor: "01" } },
    "message-broken",
  );
  add("sealed summary cut", { ...toBea, summary: { ...tip.summary, cut: 512 } }, "message-broken");
  add("sealed body cut", { ...toBea, body: { ...tip.body, cut: 4_096 } }, "message-broken");
};

const SLOT_FIELDS: readonly Field[] = [
  ["ML-KEM part of ct", 1_088],
  ["X25519 part of ct", 32],
  ["c1", 48],
  ["c2", 48],
];

const addSlots = (book: Book, world: World, kept: { tip: Parts; bytes: Uint8Array }): void => {
  const { tip, bytes } = kept;
  const toBea = { ...newsroomInput(world), ...handed(tip, 1), ...readerInput(world.people.bea) };
  const slot = tip.slots[1];
  if (slot === undefined) throw new Error("no slot");
  const add = (name: string, changed: Given, expect: VectorCase["expect"]) =>
    book.add({ name, run: "open-message", input: { ...toBea, slot: changed }, expect });
  eachField(SLOT_FIELDS, slot, (field, damaged) => {
    add(`slot changed: ${field}`, damaged, field === "c2" ? "message-broken" : "not-for-me");
  });
  eachCut(SLOT_FIELDS, slot, (name, damaged) => {
    add(`slot ${name}`, damaged, "bad-structure");
  });
  add("ct of low order", { ...slot, at: 1_088, put: "00".repeat(32) }, "not-for-me");
  const boxes = slot.from + 1_120;
  const swapped = hex(bytes.slice(boxes + 48, boxes + 96)) + hex(bytes.slice(boxes, boxes + 48));
  add("c1 and c2 swapped", { ...slot, at: 1_120, put: swapped }, "not-for-me");
};

const addSecond = (book: Book, world: World, tip: Parts): void => {
  const { ada, bea } = world.people;
  const newsroom = newsroomInput(world);
  const add = (name: string, input: InputTable, expect: VectorCase["expect"]) =>
    book.add({ name, run: "open-message", input: { ...newsroom, ...input }, expect });
  const file = {
    uploadId: new Uint8Array(16).fill(0x55) as UploadId,
    key: new Uint8Array(32).fill(0x66) as FileKey,
    name: "ledger №3.pdf",
    type: "application/pdf",
    length: 70_000,
    partCount: 1,
    cleaned: 0,
  };
  const sealed = sealTo(world, {
    addressed: new Set([1, 2]),
    sealToSource: true,
    body: {
      kind: "message",
      answers: null,
      newest: [new Uint8Array(32).fill(9) as HeaderHash],
      text: "",
      files: [file],
    },
  });
  const both = partsOf(book, world, { name: "tip for two with a copy", bytes: sealed.bytes });
  add("a file and no words, for Ada", { ...handed(both, 2), ...readerInput(ada) }, "opened");
  add("the same, for Bea", { ...handed(both, 1), ...readerInput(bea) }, "opened");
  add("the same, for the source itself", { ...handed(both, 0), ...sourceInput(world) }, "opened");
  const toBea = { ...handed(tip, 1), ...readerInput(bea) };
  add("the summary of another message", { ...toBea, summary: both.summary }, "message-broken");
  add("the body of another message", { ...toBea, body: both.body }, "message-broken");
  add("the header of another message", { ...toBea, header: both.header }, "not-for-me");
  add("the slot of another message", { ...toBea, slot: both.slots[1] ?? "" }, "not-for-me");
  const token = hex(sealed.deleteToken);
  book.add({
    name: "its delete token",
    run: "delete-token",
    input: { header: both.header, token },
    expect: "valid",
  });
  book.add({
    name: "the delete token of another",
    run: "delete-token",
    input: { header: tip.header, token },
    expect: "wrong-answer",
  });
};

export const makeMessages = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const book = startBook(
    crypto,
    "docs/protocol.md §10: a message, its slots, and what its readers find.",
  );
  book.keep("roster", world.rosterStatement);
  const { bytes } = sealTo(world, {});
  const tip = partsOf(book, world, { name: "tip for Bea", bytes });
  addParsing(book, tip, bytes);
  addTip(book, world, tip);
  addSlots(book, world, { tip, bytes });
  addSecond(book, world, tip);
  return book.finished();
};
