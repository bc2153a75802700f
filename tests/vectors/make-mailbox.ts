import { hex } from "../../src/protocol/public/bytes.ts";
import type { HeaderHash, StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import {
  encodeAnswer,
  encodeChallenge,
  type MailboxKeys,
  makeChallenge,
} from "../../src/protocol/public/mailbox.ts";
import { unhex } from "../../src/protocol/public/self-test.ts";
import { decoyWrap, sealWrap } from "../../src/protocol/secret/archive.ts";
import { codenameWords } from "../../src/protocol/secret/codename.ts";
import type { ArchiveKey, ContentKey, PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { answerChallenge } from "../../src/protocol/secret/mailbox-login.ts";
import { type Book, eachCut, eachField, type Field, startBook } from "./book.ts";
import type { Outcome, VectorBook } from "./case.ts";
import { LOW_ORDER } from "./low-order.ts";
import { DAY, makeWorld, type World } from "./world.ts";

export const makeCodenames = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const book = startBook(
    crypto,
    "docs/protocol.md §8, §9.1, §9.2: codenames and the keys they give.",
  );
  const words = codenameWords(world.codename);
  const said = words.join(" ");
  const add = (name: string, typed: string, expect: Outcome) =>
    book.add({ name, run: "codename", input: { typed }, expect });
  add("as shown", said, "valid");
  add(
    "in capitals, numbered, on lines",
    words.map((word, index) => `${index + 1}. ${word.toUpperCase()}`).join("\n"),
    "valid",
  );
  add(
    "by the first four letters of each word",
    words.map((word) => word.slice(0, 4)).join(" "),
    "valid",
  );
  add("all zero", `${"abandon ".repeat(11)}about`, "valid");
  add("all ones", `${"zoo ".repeat(11)}wrong`, "valid");
  add("eleven words", words.slice(1).join(" "), "codename-length");
  add("thirteen words", `${said} ${words[0]}`, "codename-length");
  add("nothing", "", "codename-length");
  add(
    "a word of no list",
    ["source", ...words.slice(1, 11), "sealdrop"].join(" "),
    "codename-word",
  );
  add(
    "three letters are too few",
    [(words[0] ?? "").slice(0, 3), ...words.slice(1)].join(" "),
    "codename-word",
  );
  add("one word mistyped as another", `${"abandon ".repeat(11)}ability`, "codename-checksum");
  add("two words swapped", [words[1], words[0], ...words.slice(2)].join(" "), "codename-checksum");
  const codename = hex(world.codename);
  for (const [name, newsroomId] of [
    ["its keys", world.newsroom.newsroomId],
    ["its keys in another newsroom: others", new Uint8Array(32).fill(5)],
  ] as const) {
    book.add({
      name,
      run: "source-keys",
      input: { codename, newsroomId: hex(newsroomId) },
      expect: "valid",
    });
  }
  return book.finished();
};

const ANSWER_FIELDS: readonly Field[] = [
  ["nonce", 32],
  ["expiry", 4],
  ["mailbox key", 32],
  ["keys hash", 32],
  ["MAC", 32],
];

const EXPIRES = 1_788_480_120;

export const makeLogins = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const book = startBook(crypto, "docs/protocol.md §9.3: logging in to a mailbox.");
  const newsroomId = hex(world.newsroom.newsroomId);
  const serverSecret = world.crypto.random(32);
  const made = makeChallenge(world.crypto, serverSecret, EXPIRES);
  const challenge = hex(encodeChallenge(made));
  const codename = hex(world.codename);
  const asSource = { newsroomId: world.newsroom.newsroomId, source: world.source };
  const right = answerChallenge(world.crypto, made, asSource);
  const input = { newsroomId, serverSecret: hex(serverSecret), now: EXPIRES - 100 };
  const add = (name: string, change: object, expect: Outcome) =>
    book.add({ name, run: "check-answer", input: { ...input, ...change }, expect });
  book.add({
    name: "the answer to a challenge",
    run: "answer-challenge",
    input: { challenge, codename, newsroomId },
    expect: "valid",
  });
  for (const point of LOW_ORDER) {
    const weak = hex(encodeChallenge({ ...made, serverKey: unhex(point) }));
    book.add({
      name: `a challenge of low order, ${point.slice(0, 4)}…${point.slice(-2)}`,
      run: "answer-challenge",
      input: { challenge: weak, codename, newsroomId },
      expect: "wrong-answer",
    });
  }
  const answer = book.keep("answer", encodeAnswer(right));
  add("right and in time", { answer }, "valid");
  add("in its last second", { answer, now: EXPIRES }, "valid");
  add("one second late", { answer, now: EXPIRES + 1 }, "wrong-answer");
  add(
    "under another server secret",
    { answer, serverSecret: hex(new Uint8Array(32).fill(1)) },
    "wrong-answer",
  );
  add(
    "to another newsroom",
    { answer, newsroomId: hex(new Uint8Array(32).fill(1)) },
    "wrong-answer",
  );
  eachField(ANSWER_FIELDS, answer, (field, damaged) => {
    add(`changed: ${field}`, { answer: damaged }, "wrong-answer");
  });
  eachCut(ANSWER_FIELDS, answer, (name, damaged) => {
    add(name, { answer: damaged }, "bad-structure");
  });
  for (const point of LOW_ORDER) {
    add(
      `a mailbox key of low order, ${point.slice(0, 4)}…${point.slice(-2)}`,
      { answer: { ...answer, at: 36, put: point } },
      "wrong-answer",
    );
  }
  const other = answerChallenge(world.crypto, made, { ...asSource, source: world.otherSource });
  const stolen: Pick<MailboxKeys, "mailbox"> = world.source;
  add("another source's answer: its own mailbox", { answer: hex(encodeAnswer(other)) }, "valid");
  add(
    "another source's answer with this mailbox key",
    { answer: hex(encodeAnswer({ ...other, mailbox: stolen.mailbox })) },
    "wrong-answer",
  );
  add(
    "another source's answer with these keys' hash",
    { answer: hex(encodeAnswer({ ...other, keysHash: right.keysHash })) },
    "wrong-answer",
  );
  const longer = encodeAnswer({ ...right, expires: EXPIRES + 3_600 });
  add("a later expiry than was given", { answer: hex(longer) }, "wrong-answer");
  return book.finished();
};

const addWraps = (book: Book, world: World): void => {
  const archive = { id: world.crypto.random(16), key: world.crypto.random(32) as ArchiveKey };
  const header = world.crypto.random(32) as HeaderHash;
  const item = {
    contentKey: world.crypto.random(32) as ContentKey,
    senderStatic: world.source.static as StaticPublicKey,
    day: DAY,
    sharedBy: null,
    header,
  };
  const wrap = book.keep("wrap", sealWrap(world.crypto, archive, item));
  const input = {
    archiveId: hex(archive.id),
    archiveKey: hex(archive.key),
    headerHash: hex(header),
    wrap,
  };
  const add = (name: string, change: object, expect: Outcome) =>
    book.add({ name, run: "open-wrap", input: { ...input, ...change }, expect });
  add("real", {}, "opened");
  add("a decoy", { wrap: hex(decoyWrap(world.crypto)) }, "not-for-me");
  const fields: readonly Field[] = [
    ["nonce", 24],
    ["content key", 32],
    ["sender's static key", 32],
    ["shared by", 2],
    ["day", 2],
    ["tag", 16],
  ];
  eachField(fields, wrap, (field, damaged) => {
    add(`changed: ${field}`, { wrap: damaged }, "not-for-me");
  });
  eachCut(fields, wrap, (name, damaged) => {
    add(name, { wrap: damaged }, "not-for-me");
  });
  add("of another message", { headerHash: hex(new Uint8Array(32)) }, "not-for-me");
  add("under another archive key", { archiveKey: hex(new Uint8Array(32)) }, "not-for-me");
  add("under another archive key id", { archiveId: hex(new Uint8Array(16)) }, "not-for-me");
  const shared = sealWrap(world.crypto, archive, { ...item, sharedBy: 7 });
  add("of shared history", { wrap: hex(shared) }, "opened");
};

export const makeWraps = (crypto: PassphraseCrypto): VectorBook => {
  const book = startBook(crypto, "docs/protocol.md §12.3: archive wraps.");
  addWraps(book, makeWorld(crypto));
  return book.finished();
};
