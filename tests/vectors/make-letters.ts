import { concat, hex, sized, u8, u16, u32 } from "../../src/protocol/public/bytes.ts";
import type { MailboxId } from "../../src/protocol/public/crypto.ts";
import { derive } from "../../src/protocol/public/labels.ts";
import { encodeLetter } from "../../src/protocol/public/letter.ts";
import { ZERO_NONCE } from "../../src/protocol/secret/content.ts";
import type { NewsroomSeed, PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { encodeHandover } from "../../src/protocol/secret/handover.ts";
import { encodeKeyLetter } from "../../src/protocol/secret/key-letter.ts";
import {
  type LetterContent,
  type LetterReader,
  sealLetter,
} from "../../src/protocol/secret/letter.ts";
import {
  encodeShareLetter,
  encodeShareReturn,
  type WordShare,
} from "../../src/protocol/secret/word-share.ts";
import { type Book, eachCut, eachField, type Field, startBook } from "./book.ts";
import type { ChangedBytes, Outcome, VectorBook } from "./case.ts";
import { DAY, makeWorld, PERIOD, type World } from "./world.ts";

const letterFields = (text: number): readonly Field[] => [
  ["version", 1],
  ["generation", 4],
  ["period", 4],
  ["sender's static key", 32],
  ["ciphertext", 1_120],
  ["sealed text", text + 16],
];

const readerOf = ({ people }: World): LetterReader => {
  const { entry, messaging } = people.bea;
  const { memberNumber, generation } = entry;
  return { memberNumber, generation, period: PERIOD, static: entry.static, messaging };
};

/** A letter whose text is put together by hand. */
const sealText = (world: World, text: Uint8Array): Uint8Array => {
  const { crypto, newsroom, people } = world;
  const reader = readerOf(world);
  const made = crypto.kemEncapsulate(reader.messaging, crypto.random(64));
  const agreed = crypto.x25519(people.ada.staticPrivate, reader.static);
  if (made === null || agreed === null) throw new Error("no reader");
  const senderStatic = people.ada.entry.static;
  const { generation, period } = reader;
  const fields = [u16(reader.memberNumber), u32(generation), u32(period)];
  const keys = [reader.static, reader.messaging, senderStatic, made.ciphertext];
  const key = derive(crypto, concat([made.sharedSecret, agreed]), {
    label: "letter",
    fields: [newsroom.newsroomId, ...fields, ...keys],
  });
  const sealed = crypto.aeadSeal({ key, nonce: ZERO_NONCE, text, ad: new Uint8Array(0) });
  return encodeLetter({ generation, period, senderStatic, ciphertext: made.ciphertext, sealed });
};

const addLetters = (book: Book, world: World): void => {
  const { crypto, newsroom, people } = world;
  const { newsroomId } = newsroom;
  const sender = { public: people.ada.entry.static, private: people.ada.staticPrivate };
  const plan = { newsroomId, sender, reader: readerOf(world) };
  const seal = (content: LetterContent) => sealLetter(crypto, plan, content);
  const input = {
    newsroomId: hex(newsroomId),
    memberNumber: people.bea.entry.memberNumber,
    messagingSeed: hex(people.bea.messagingSeed),
    staticPrivate: hex(people.bea.staticPrivate),
  };
  const add = (name: string, letter: ChangedBytes, expect: Outcome, change: object = {}): void =>
    book.add({ name, run: "open-letter", input: { letter, ...input, ...change }, expect });
  const whole = book.keep("letter", seal({ subject: "history", bytes: crypto.random(100) }));
  add("of the smallest size", whole, "opened");
  const most = book.keep("full letter", seal({ subject: "share", bytes: crypto.random(1_019) }));
  add("that fills its size", most, "opened");
  const next = book.keep("next letter", seal({ subject: "handover", bytes: crypto.random(1_020) }));
  add("of one byte more, in the next size", next, "opened");
  add("for another member", whole, "not-for-me", { memberNumber: 1 });
  add("in another newsroom", whole, "not-for-me", { newsroomId: "00".repeat(32) });
  add("for other messaging keys", whole, "not-for-me", { messagingSeed: hex(crypto.random(32)) });
  add("for another static key", whole, "not-for-me", { staticPrivate: hex(crypto.random(32)) });
  const fields = letterFields(1_024);
  eachField(fields, whole, (field, damaged) =>
    add(`changed: ${field}`, damaged, field === "version" ? "bad-structure" : "not-for-me"),
  );
  eachCut(fields, whole, (name, damaged) => add(name, damaged, "bad-structure"));
  const text = (subject: number, content: Uint8Array, rest = 0): Uint8Array => {
    const start = concat([u8(subject), sized(content)]);
    return concat([start, new Uint8Array(1_024 - start.length).fill(rest)]);
  };
  const bytes = crypto.random(8);
  const byHand = (name: string, sealed: Uint8Array, expect: Outcome): void =>
    add(name, book.keep(`letter ${name}`, sealText(world, sealed)), expect);
  byHand("put together by hand", text(0, bytes), "opened");
  byHand("about nothing that there is", text(5, bytes), "bad-structure");
  byHand("filled with anything but zeros", text(0, bytes, 1), "bad-structure");
  byHand(
    "whose content is longer than itself",
    concat([u8(0), u32(1_020), new Uint8Array(1_019)]),
    "bad-structure",
  );
  const low = { ...whole, at: 9, put: "00".repeat(32) };
  add("from a key that makes every agreement zero", low, "not-for-me");
};

type Kind = {
  readonly run: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly fields: readonly Field[];
};

/** Well made, cut before each field, and with a byte too many. Answers how to add one that is changed. */
const addContent = (book: Book, { run, name, bytes, fields }: Kind) => {
  const whole = book.keep(name, bytes);
  const add = (what: string, content: ChangedBytes, expect: Outcome): void =>
    book.add({ name: what, run, input: { content }, expect });
  add(name, whole, "valid");
  eachCut(fields, whole, (what, damaged) => add(`${name} ${what}`, damaged, "bad-structure"));
  return (what: string, change: Partial<ChangedBytes>): void =>
    add(what, { ...whole, ...change }, "bad-structure");
};

const addKeyLetters = (book: Book, { crypto }: World): void => {
  const holders = [
    { memberNumber: 1, changes: 1 },
    { memberNumber: 4, changes: 2 },
  ];
  const seed = crypto.random(32) as NewsroomSeed;
  const refused = addContent(book, {
    run: "key-letter",
    name: "the newsroom's key",
    bytes: encodeKeyLetter({ seed, holders }),
    fields: [
      ["version", 1],
      ["seed", 32],
      ["count", 2],
      ["first member", 2],
      ["first changes", 2],
      ["second member", 2],
      ["second changes", 2],
    ],
  });
  refused("a key in a later version", { at: 0, put: "02" });
  refused("holders in another order", { at: 35, put: "0004" + "0001" + "0001" + "0002" });
  refused("a holder twice", { at: 39, put: "0001" });
};

const addHandovers = (book: Book, { crypto }: World): void => {
  const mailboxes = [crypto.random(16), crypto.random(16)] as MailboxId[];
  const refused = addContent(book, {
    run: "handover",
    name: "a hand-over",
    bytes: encodeHandover({ day: DAY, conversations: 3, messages: 9, mailboxes }),
    fields: [
      ["version", 1],
      ["day", 4],
      ["conversations", 4],
      ["messages", 4],
      ["count", 2],
      ["first mailbox", 16],
      ["second mailbox", 16],
    ],
  });
  refused("a hand-over in a later version", { at: 0, put: "02" });
  refused("a day beyond the last", { at: 1, put: "00010000" });
  refused("fewer conversations than are named", { at: 5, put: "00000001" });
  refused("fewer messages than conversations", { at: 9, put: "00000002" });
};

const addShares = (book: Book, { crypto }: World): void => {
  const setId = crypto.random(16);
  const [nonce, answer] = [crypto.random(32), crypto.random(32)];
  const piece = Uint8Array.from([...crypto.random(32), 41]);
  const set = { words: "newsroom", setId, owner: 1, serial: 4, needed: 3, count: 5 } as const;
  const share: WordShare = { ...set, check: crypto.random(32), piece };
  const letter = (name: string, bytes: Uint8Array, fields: readonly Field[]) =>
    addContent(book, { run: "share-letter", name, bytes, fields });
  const refused = letter("keep", encodeShareLetter({ say: "keep", share }), [
    ["what", 1],
    ["length", 4],
    ["share", 91],
  ]);
  refused("a share of another length", { at: 1, put: "0000005a" });
  letter("drop", encodeShareLetter({ say: "drop", setId }), [
    ["what", 1],
    ["set id", 16],
  ]);
  letter("rehearse", encodeShareLetter({ say: "rehearse", setId, nonce }), [
    ["what", 1],
    ["set id", 16],
    ["nonce", 32],
  ]);
  letter("collect", encodeShareLetter({ say: "collect" }), [["what", 1]])("nothing that there is", {
    at: 0,
    put: "04",
  });
  const back = (name: string, bytes: Uint8Array) =>
    addContent(book, {
      run: "share-return",
      name,
      bytes,
      fields: [
        ["what", 1],
        ["set id", 16],
        ["nonce", 32],
        ["held", 1],
        ["answer", 32],
      ],
    });
  const held = back("a proof", encodeShareReturn({ say: "rehearsed", setId, nonce, answer }));
  held("neither held nor not", { at: 49, put: "02" });
  held("an answer that is none", { at: 49, put: "00" });
  back("nothing held", encodeShareReturn({ say: "rehearsed", setId, nonce, answer: null }));
  const returned = addContent(book, {
    run: "share-return",
    name: "a share comes back",
    bytes: encodeShareReturn({ say: "returned", share }),
    fields: [
      ["what", 1],
      ["length", 4],
      ["share", 91],
    ],
  });
  returned("an answer of no kind", { at: 0, put: "02" });
};

export const makeLetters = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const book = startBook(crypto, "docs/protocol.md §15 and §19.2: letters between members.");
  addLetters(book, world);
  addKeyLetters(book, world);
  addHandovers(book, world);
  addShares(book, world);
  return book.finished();
};
