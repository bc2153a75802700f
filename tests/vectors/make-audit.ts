import { AUDIT_KINDS, type AuditKind, encodeAuditBody } from "../../src/protocol/public/audit.ts";
import { hex } from "../../src/protocol/public/bytes.ts";
import type { StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import type { PassphraseCrypto, StaticPrivateKey } from "../../src/protocol/secret/crypto.ts";
import { drawRequest, sealRecoveryAnswer } from "../../src/protocol/secret/recovery-request.ts";
import {
  encodeWordShare,
  parseWordShare,
  wordCheck,
} from "../../src/protocol/secret/word-share.ts";
import { type Book, eachCut, eachField, type Field, startBook } from "./book.ts";
import type { Outcome, VectorBook } from "./case.ts";
import { DAY, makeWorld, type World } from "./world.ts";

const bodyFields = (values: number): readonly Field[] => [
  ["version", 1],
  ["salt", 16],
  ["day", 4],
  ["minute", 2],
  ["kind", 2],
  ["actor", 2],
  ["subject", 2],
  ["value count", 1],
  ...Array.from({ length: values }, (_, at) => [`value ${at + 1}`, 4] as const),
];

const bodyOf = (world: World, kind: AuditKind, values: readonly number[]): Uint8Array => {
  const salt = world.crypto.random(16);
  const said = { salt, day: DAY, minute: 754, actor: 1, subject: 2, values };
  const body = encodeAuditBody({ ...said, code: AUDIT_KINDS[kind].code });
  if (body === null) throw new Error("no line");
  return body;
};

const addLines = (book: Book, world: World): void => {
  const whole = book.keep("body", bodyOf(world, "keys-rotated", [3]));
  const input = {
    newsroomId: hex(world.newsroom.newsroomId),
    number: 7,
    previous: hex(world.crypto.random(32)),
  };
  const add = (name: string, change: object, expect: Outcome) =>
    book.add({ name, run: "audit-line", input: { ...input, body: whole, ...change }, expect });
  add("as written", {}, "valid");
  add("as the first line", { number: 1, previous: "00".repeat(32) }, "valid");
  add(
    "of a whole day, by the server",
    { body: { ...whole, at: 21, put: "ffff00170000" } },
    "bad-structure",
  );
  const plain = book.keep("body without values", bodyOf(world, "set-up", []));
  add("without values", { body: plain }, "valid");
  add(
    "of a whole day, by nobody, about nobody",
    { body: { ...plain, at: 21, put: "ffff000100000000" } },
    "valid",
  );
  add("a minute that no day has", { body: { ...plain, at: 21, put: "05a0" } }, "bad-structure");
  add("a kind that there is not", { body: { ...plain, at: 23, put: "03e8" } }, "bad-structure");
  add("kind zero", { body: { ...plain, at: 23, put: "0000" } }, "bad-structure");
  add(
    "more values than its kind has",
    { body: { ...plain, at: 29, put: "01", append: "00000001" } },
    "bad-structure",
  );
  eachCut(bodyFields(1), whole, (name, body) => add(name, { body }, "bad-structure"));
};

const shareFields: readonly Field[] = [
  ["version", 1],
  ["words", 1],
  ["set id", 16],
  ["owner", 2],
  ["serial", 4],
  ["needed", 1],
  ["count", 1],
  ["check", 32],
  ["piece", 33],
];

const addShares = (book: Book, world: World): Uint8Array => {
  const { crypto, newsroom } = world;
  const { newsroomId } = newsroom;
  const [setId, entropy] = [crypto.random(16), crypto.random(32)];
  const piece = Uint8Array.from([...crypto.random(32), 41]);
  const check = wordCheck(crypto, newsroomId, { setId, entropy });
  const set = { words: "recovery", setId, owner: 1, serial: 4, needed: 3, count: 5 } as const;
  const bytes = encodeWordShare({ ...set, check, piece });
  const whole = book.keep("share", bytes);
  const input = {
    newsroomId: hex(newsroomId),
    words: hex(entropy),
    holder: 2,
    nonce: hex(crypto.random(32)),
  };
  const add = (name: string, change: object, expect: Outcome) =>
    book.add({ name, run: "word-share", input: { ...input, share: whole, ...change }, expect });
  add("a share", {}, "valid");
  add("for another holder", { holder: 3 }, "valid");
  add("of other words", { words: hex(crypto.random(32)) }, "valid");
  add("words of no kind", { share: { ...whole, at: 1, put: "02" } }, "bad-structure");
  add("that alone is enough", { share: { ...whole, at: 24, put: "01" } }, "bad-structure");
  add(
    "of which more are needed than there are",
    { share: { ...whole, at: 24, put: "06" } },
    "bad-structure",
  );
  add("of more than twenty", { share: { ...whole, at: 25, put: "15" } }, "bad-structure");
  add("in place zero", { share: { ...whole, at: 90, put: "00" } }, "bad-structure");
  eachCut(shareFields, whole, (name, share) => add(`a share ${name}`, { share }, "bad-structure"));
  return bytes;
};

const addAnswers = (
  book: Book,
  world: World,
  share: Parameters<typeof sealRecoveryAnswer>[2],
): void => {
  const { crypto, newsroom } = world;
  const { newsroomId, key } = newsroom;
  const keys = drawRequest(crypto);
  const holderPrivate = crypto.random(32) as StaticPrivateKey;
  const holderStatic = crypto.x25519PublicKey(holderPrivate) as StaticPublicKey;
  const own = { public: holderStatic, private: holderPrivate };
  const plan = { newsroomId, request: keys.public, holder: 2, own };
  const answer = book.keep("answer", sealRecoveryAnswer(crypto, plan, share));
  const xwing = book.keep("request key", keys.public.xwing);
  const asked = {
    newsroomId: hex(newsroomId),
    newsroomKey: hex(key),
    userName: "ada",
    xwing,
    x25519: hex(keys.public.x25519),
  };
  const words = (name: string, change: object) =>
    book.add({ name, run: "recovery-words", input: { ...asked, ...change }, expect: "valid" });
  words("eight words of a request", {});
  words("in another name", { userName: "bea" });
  words("of another key", { xwing: { ...xwing, at: 1_000, xor: "01" } });
  const input = {
    newsroomId: hex(newsroomId),
    seed: hex(keys.seed),
    private: hex(keys.private),
    holder: 2,
    holderStatic: hex(holderStatic),
  };
  const open = (name: string, change: object, expect: Outcome) =>
    book.add({ name, run: "open-recovery-answer", input: { ...input, answer, ...change }, expect });
  open("a colleague's answer", {}, "opened");
  open("by another member", { holder: 3 }, "not-for-me");
  open(
    "by another key",
    { holderStatic: hex(crypto.x25519PublicKey(crypto.random(32))) },
    "not-for-me",
  );
  open("in another newsroom", { newsroomId: "00".repeat(32) }, "not-for-me");
  open("to another request", { seed: hex(crypto.random(32)) }, "not-for-me");
  eachField(
    [
      ["ciphertext", 1_120],
      ["sealed share", 107],
    ],
    answer,
    (field, damaged) => open(`with a changed bit in ${field}`, { answer: damaged }, "not-for-me"),
  );
};

export const makeAudit = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const book = startBook(
    crypto,
    "docs/protocol.md §18 and §19: lines of the audit trail, shares of words, recovery by them.",
  );
  addLines(book, world);
  const share = addShares(book, world);
  addAnswers(book, world, parseWordShare(share));
  return book.finished();
};
