import { hex } from "../../src/protocol/public/bytes.ts";
import type { SealdropError } from "../../src/protocol/public/errors.ts";
import { encodeSettings, type Settings } from "../../src/protocol/public/settings.ts";
import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { type Book, eachCut, eachField, type Field, startBook } from "./book.ts";
import type { VectorBook } from "./case.ts";
import { makeWorld, PERIOD, SETTINGS, type World } from "./world.ts";

const framed = (payload: readonly Field[]): readonly Field[] => [
  ["kind", 1],
  ["payload length", 4],
  ...payload,
  ["R of the signature", 32],
  ["S of the signature", 32],
];

const SHAPE = new Set(["kind", "payload length"]);
/** A changed kind or length is no statement of that kind; every other field is under the signature. */
const damageOf = (field: string): SealdropError["code"] =>
  SHAPE.has(field) ? "bad-structure" : "bad-signature";

export const makeCreated = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const book = startBook(crypto, "docs/protocol.md §4.1, §4.2: newsroom created, newsroom words.");
  const run = "newsroom-created";
  const statement = book.keep("created", world.newsroom.created);
  book.add({ name: "as signed", run, input: { statement }, expect: "valid" });
  const fields = framed([
    ["payload version", 1],
    ["newsroom key", 32],
    ["next commitment", 32],
    ["day", 4],
  ]);
  eachField(fields, statement, (field, damaged) => {
    // *Created* names its own key, so it is read before the signature is looked at.
    const expect = field === "payload version" ? "bad-structure" : damageOf(field);
    book.add({ name: `changed: ${field}`, run, input: { statement: damaged }, expect });
  });
  eachCut(fields, statement, (name, damaged) => {
    book.add({ name, run, input: { statement: damaged }, expect: "bad-structure" });
  });
  const other = makeWorld(crypto);
  const foreign = book.keep("created by others", other.newsroom.created);
  book.add({
    name: "signature of another newsroom",
    run,
    input: {
      statement: { ...statement, at: 5 + 69, put: hex(other.newsroom.created.slice(5 + 69)) },
    },
    expect: "bad-signature",
  });
  book.add({
    name: "another newsroom, another id",
    run,
    input: { statement: foreign },
    expect: "valid",
  });
  const words = hex(world.newsroom.words);
  book.add({
    name: "newsroom words give the committed key",
    run: "newsroom-words",
    input: { words },
    expect: "valid",
  });
  return book.finished();
};

const settingsWith = (change: Partial<Settings>): Uint8Array =>
  encodeSettings({ ...SETTINGS, ...change });

export const makeSettings = (crypto: PassphraseCrypto): VectorBook => {
  const book = startBook(crypto, "docs/protocol.md §4.4: settings.");
  const run = "settings";
  const good = settingsWith({});
  const settings = book.keep("settings", good);
  const add = (name: string, bytes: Uint8Array, expect: "valid" | "bad-structure") =>
    book.add({ name, run, input: { settings: hex(bytes) }, expect });
  book.add({ name: "in three languages", run, input: { settings }, expect: "valid" });
  add(
    "paused, without words or origins",
    settingsWith({ words: new Map(), sourceOrigins: [], pauseSentence: "Back on Monday." }),
    "valid",
  );
  add("name too long", settingsWith({ newsroomName: "a".repeat(81) }), "bad-structure");
  add(
    "leaving page of another scheme",
    settingsWith({ leavingPage: "javascript:alert(1)" }),
    "bad-structure",
  );
  add("nothing is kept for a day", settingsWith({ retentionDays: 0 }), "bad-structure");
  add("roster of 91 days", settingsWith({ rosterDays: 91 }), "bad-structure");
  add("absence of 29 days", settingsWith({ longestAbsenceDays: 29 }), "bad-structure");
  // "en" stands behind "ar" in the encoding; the other order would be a second spelling.
  const english = hex(good).indexOf(hex(new TextEncoder().encode("en"))) / 2;
  const swapped = good.slice();
  swapped.set([0x61, 0x61], english);
  add("languages out of order", swapped, "bad-structure");
  const twice = good.slice();
  twice.set([0x61, 0x72], english);
  add("a language twice", twice, "bad-structure");
  const broken = good.slice();
  broken[6] = 0xff;
  add("not UTF-8", broken, "bad-structure");
  book.add({
    name: "version 2",
    run,
    input: { settings: { ...settings, at: 0, put: "02" } },
    expect: "bad-structure",
  });
  book.add({
    name: "cut by one byte",
    run,
    input: { settings: { ...settings, cut: good.length - 1 } },
    expect: "bad-structure",
  });
  book.add({
    name: "one byte too many",
    run,
    input: { settings: { ...settings, append: "00" } },
    expect: "bad-structure",
  });
  book.add({
    name: "empty",
    run,
    input: { settings: { ...settings, cut: 0 } },
    expect: "bad-structure",
  });
  return book.finished();
};

const keyInput = (world: World, who: "ada" | "bea" = "bea") => ({
  newsroomId: hex(world.newsroom.newsroomId),
  memberNumber: world.people[who].entry.memberNumber,
  identity: hex(world.people[who].entry.identity),
});

const KEY_FIELDS = framed([
  ["payload version", 1],
  ["member number", 2],
  ["generation", 4],
  ["period", 4],
  ["ML-KEM half of the key", 1_184],
  ["X25519 half of the key", 32],
]);

const addKeyStatements = (book: Book, world: World): void => {
  const run = "messaging-key";
  const { bea } = world.people;
  const owner = keyInput(world);
  const statement = book.keep("key of Bea", world.keyStatement(bea));
  book.add({ name: "as signed", run, input: { ...owner, statement }, expect: "valid" });
  eachField(KEY_FIELDS, statement, (field, damaged) => {
    book.add({
      name: `changed: ${field}`,
      run,
      input: { ...owner, statement: damaged },
      expect: damageOf(field),
    });
  });
  eachCut(KEY_FIELDS, statement, (name, damaged) => {
    book.add({ name, run, input: { ...owner, statement: damaged }, expect: "bad-structure" });
  });
  book.add({
    name: "under another member's identity",
    run,
    input: { ...keyInput(world, "ada"), statement },
    expect: "bad-signature",
  });
  book.add({
    name: "under another newsroom id",
    run,
    input: { ...owner, newsroomId: hex(new Uint8Array(32).fill(7)), statement },
    expect: "bad-signature",
  });
  book.add({
    name: "a member's own signature over another member's number",
    run,
    input: { ...owner, statement: hex(world.keyStatement(bea, { memberNumber: 1 })) },
    expect: "bad-signature",
  });
};

const addRecipients = (book: Book, world: World): void => {
  const run = "recipients";
  const { ada, bea, eli } = world.people;
  const roster = book.keep("roster", world.rosterStatement);
  const newsroom = {
    newsroomId: hex(world.newsroom.newsroomId),
    newsroomKey: hex(world.newsroom.key),
  };
  const kept = { ada: book.keep("key of Ada", world.keyStatement(ada)), bea: { of: "key of Bea" } };
  const add = (name: string, statements: readonly (typeof kept.ada | string)[]) =>
    book.add({
      name,
      run,
      input: { roster, ...newsroom, period: PERIOD, statements },
      expect: "valid",
    });
  add("Ada and Bea are reachable, the third is not", [kept.bea, kept.ada]);
  add("nobody is", []);
  add("the same statement twice counts once", [kept.bea, kept.bea]);
  add("two different keys of one member count as none", [
    kept.bea,
    hex(world.keyStatement({ ...bea, messagingSeed: ada.messagingSeed })),
  ]);
  add("a void generation", [hex(world.keyStatement(bea, { generation: 2 }))]);
  add("a generation ahead of the roster", [hex(world.keyStatement(bea, { generation: 4 }))]);
  add("another period", [hex(world.keyStatement(bea, { period: PERIOD + 1 }))]);
  add("a key of somebody stolen", [hex(world.keyStatement(eli))]);
  add("a swapped key: one bit of it changed", [kept.ada, { ...kept.bea, at: 30, xor: "01" }]);
  add("a malformed statement does not hide the others", ["04", kept.ada]);
  const lowOrder = { ...kept.bea, at: 5 + 11 + 1_184, put: hex(new Uint8Array(32)) };
  add("a key of low order does not hide the others", [lowOrder, kept.ada]);
};

export const makeMessagingKeys = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const book = startBook(
    crypto,
    "docs/protocol.md §6: messaging-key statements, and who is reachable.",
  );
  addKeyStatements(book, world);
  addRecipients(book, world);
  return book.finished();
};
