import {
  type BlockRow,
  encodeBlock,
  encodeMailboxAnswer,
} from "../../src/protocol/public/block.ts";
import type { UploadId } from "../../src/protocol/public/crypto.ts";
import { parseMessage } from "../../src/protocol/public/envelope.ts";
import { encodeChallenge, makeChallenge } from "../../src/protocol/public/mailbox.ts";
import { encodeMessagePost } from "../../src/protocol/public/message-post.ts";
import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { type Book, eachCut, type Field, startBook } from "./book.ts";
import type { ChangedBytes, Outcome, VectorBook } from "./case.ts";
import { sealTo } from "./sealed.ts";
import { DAY, makeWorld, type World } from "./world.ts";

type Shape = { readonly run: string; readonly input: string; readonly whole: ChangedBytes };

/** Good once, then cut before every field, cut by a byte, and with a byte too many. */
const addShape = (book: Book, { run, input, whole }: Shape, fields: readonly Field[]): void => {
  book.add({ name: "as written", run, input: { [input]: whole }, expect: "valid" });
  eachCut(fields, whole, (name, damaged) => {
    book.add({ name, run, input: { [input]: damaged }, expect: "bad-structure" });
  });
};

const addPosts = (book: Book, world: World): void => {
  const run = "parse-post";
  const message = sealTo(world, {}).bytes;
  const claim = (byte: number, partCount: number) => ({
    uploadId: new Uint8Array(16).fill(byte) as UploadId,
    partCount,
  });
  const whole = book.keep("post", encodeMessagePost([claim(1, 1), claim(2, 2_112)], message));
  const fields: readonly Field[] = [
    ["upload count", 2],
    ["first upload id", 16],
    ["first part count", 4],
    ["second upload id", 16],
    ["second part count", 4],
    ["message", message.length],
  ];
  addShape(book, { run, input: "post", whole }, fields);
  const add = (name: string, change: Partial<ChangedBytes>, expect: Outcome) =>
    book.add({ name, run, input: { post: { ...whole, ...change } }, expect });
  add("one upload twice", { at: 22, put: "01".repeat(16) }, "bad-structure");
  add("an upload without parts", { at: 18, put: "00000000" }, "bad-structure");
  add("an upload of too many parts", { at: 18, put: "00000841" }, "bad-structure");
  add("more uploads than it lists", { at: 0, put: "0003" }, "bad-structure");
  add("fewer uploads than it lists", { at: 0, put: "0001" }, "bad-structure");
  add("more uploads than a message may have", { at: 0, put: "03e9" }, "bad-structure");
  const none = { ...whole, from: 40, at: 0, put: "0000" };
  book.add({ name: "no uploads", run, input: { post: none }, expect: "valid" });
};

const addRows = (book: Book, world: World): void => {
  const { crypto } = world;
  const { headerBytes, sealedSummary, sealedBody, slots } = parseMessage(
    crypto,
    sealTo(world, {}).bytes,
  );
  const [slot = headerBytes] = slots;
  const row = { arrival: 7, day: DAY, by: "source" as const, header: headerBytes, sealedSummary };
  const bodyHash = crypto.blake2b(32, sealedBody);
  const withOwn = (own: BlockRow["own"], by: BlockRow["by"] = "source"): BlockRow => ({
    ...row,
    by,
    bodyHash,
    own,
  });
  const wrap = crypto.random(108);
  const rows = [
    withOwn({ kind: "slot", bytes: slot }),
    withOwn({ kind: "wrap", bytes: wrap }, "newsroom"),
    withOwn(null),
  ];
  const rowFields = (which: string, own: number): readonly Field[] => [
    [`arrival of the ${which} row`, 4],
    [`day of the ${which} row`, 4],
    [`writer of the ${which} row`, 1],
    [`header of the ${which} row`, 203],
    [`body hash of the ${which} row`, 32],
    [`summary of the ${which} row`, 528],
    [`kind of what is own of the ${which} row`, 1],
    ...(own === 0 ? [] : [[`own bytes of the ${which} row`, own] as const]),
  ];
  const run = "parse-block";
  const whole = book.keep("block", encodeBlock({ rows, more: true }));
  addShape(book, { run, input: "block", whole }, [
    ["row count", 2],
    ["more", 1],
    ...rowFields("first", 1_216),
    ...rowFields("second", 108),
    ...rowFields("third", 0),
  ]);
  const add = (name: string, change: Partial<ChangedBytes>) =>
    book.add({ name, run, input: { block: { ...whole, ...change } }, expect: "bad-structure" });
  add("a flag that is neither yes nor no", { at: 2, put: "02" });
  add("a writer of no kind", { at: 11, put: "02" });
  add("an own thing of no kind", { at: 3 + 772, put: "03" });
  add("more rows than a block may have", { at: 0, put: "0101" });
  book.add({ name: "empty", run, input: { block: "000000" }, expect: "valid" });
  addAnswer(book, [
    { ...row, sealedBody, slot },
    { ...row, by: "newsroom" as const, sealedBody, slot },
  ]);
};

const addAnswer = (book: Book, rows: Parameters<typeof encodeMailboxAnswer>[0]["rows"]): void => {
  const run = "parse-mailbox-answer";
  const whole = book.keep("mailbox answer", encodeMailboxAnswer({ rows, more: false }));
  const fields = (which: string): readonly Field[] => [
    [`arrival of the ${which} row`, 4],
    [`day of the ${which} row`, 4],
    [`writer of the ${which} row`, 1],
    [`header of the ${which} row`, 203],
    [`summary of the ${which} row`, 528],
    [`body length of the ${which} row`, 4],
    [`body of the ${which} row`, 4_112],
    [`slot of the ${which} row`, 1_216],
  ];
  addShape(book, { run, input: "answer", whole }, [
    ["row count", 4],
    ...fields("first"),
    ...fields("second"),
    ["more", 1],
  ]);
  const add = (name: string, answer: ChangedBytes | string, expect: Outcome) =>
    book.add({ name, run, input: { answer }, expect });
  add("empty, which is unknown too", "0000000000", "valid");
  add("a flag that is neither yes nor no", "0000000002", "bad-structure");
  add("rows without end", { ...whole, at: 0, put: "ffffffff" }, "bad-structure");
  add("a body longer than any", { ...whole, at: 4 + 740, put: "00100011" }, "bad-structure");
};

export const makeTransport = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const book = startBook(crypto, "docs/protocol.md §9.3, §10.6, §12.1, §12.2: what only travels.");
  addPosts(book, world);
  addRows(book, world);
  const challenge = makeChallenge(world.crypto, world.crypto.random(32), 1_788_480_120);
  const whole = book.keep("challenge", encodeChallenge(challenge));
  addShape(book, { run: "parse-challenge", input: "challenge", whole }, [
    ["nonce", 32],
    ["expiry", 4],
    ["server key", 32],
  ]);
  return book.finished();
};
