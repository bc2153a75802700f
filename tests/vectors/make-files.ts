import { hex } from "../../src/protocol/public/bytes.ts";
import { CHUNK, MAX_PART } from "../../src/protocol/public/limits.ts";
import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { type Book, startBook } from "./book.ts";
import type { Outcome, VectorBook } from "./case.ts";

const LENGTHS = [
  0, 1, 65_535, 65_536, 65_537, 70_000, 100_000, 131_072, 131_073, 1_000_000, 1_048_535, 1_048_536,
  1_048_537, 1_048_576, 104_857_600, 104_857_601, 1_073_741_824, 2_147_483_647, 2_147_483_648,
];

const SMALL = 70_000;
/** Padmé makes 71,680 of it: nonce and tag come on top. */
const SMALL_PART = 71_680 + 40;
const TWO_PARTS = 1_048_577;

const addChunks = (book: Book, crypto: PassphraseCrypto): void => {
  const uploadId = hex(crypto.random(16));
  const base = {
    key: hex(crypto.random(32)),
    nonce: hex(crypto.random(24)),
    sealedUploadId: uploadId,
    openedUploadId: uploadId,
    changeAt: -1,
    cut: MAX_PART,
  };
  const small = {
    ...base,
    sealedLength: SMALL,
    openedLength: SMALL,
    sealedIndex: 0,
    openedIndex: 0,
    sealedRange: [0, SMALL],
  };
  const first = {
    ...small,
    sealedLength: TWO_PARTS,
    openedLength: TWO_PARTS,
    sealedRange: [0, CHUNK],
  };
  const second = { ...first, sealedIndex: 1, openedIndex: 1, sealedRange: [CHUNK, TWO_PARTS] };
  const add = (
    name: string,
    input: Record<string, string | number | readonly number[]>,
    expect: Outcome,
  ) => book.add({ name, run: "open-chunk", input, expect });
  add("the only part of a file", small, "opened");
  add("the first of two parts", first, "opened");
  add("the last of two parts", second, "opened");
  add(
    "an empty file",
    { ...small, sealedLength: 0, openedLength: 0, sealedRange: [0, 0] },
    "opened",
  );
  add("changed: nonce", { ...small, changeAt: 23 }, "chunk-broken");
  add("changed: text", { ...small, changeAt: 24 }, "chunk-broken");
  add("changed: padding", { ...small, changeAt: SMALL_PART - 17 }, "chunk-broken");
  add("changed: tag", { ...small, changeAt: SMALL_PART - 1 }, "chunk-broken");
  add("cut by one byte", { ...small, cut: SMALL_PART - 1 }, "chunk-broken");
  add("empty", { ...small, cut: 0 }, "chunk-broken");
  add(
    "under another upload id",
    { ...small, openedUploadId: hex(new Uint8Array(16)) },
    "chunk-broken",
  );
  add("the first part as the last", { ...first, openedIndex: 1 }, "chunk-broken");
  add("the last part as the first", { ...second, openedIndex: 0 }, "chunk-broken");
  add(
    "the first part as a whole file: cut off behind it",
    { ...first, openedLength: 1_032_192 },
    "chunk-broken",
  );
  add(
    "the only part of a file that says it has two",
    { ...small, openedLength: TWO_PARTS },
    "chunk-broken",
  );
};

export const makeAttachments = (crypto: PassphraseCrypto): VectorBook => {
  const book = startBook(
    crypto,
    "docs/protocol.md §11: attachments. Byte i of a file is i modulo 251; a part is sealed with the nonce given, changed and cut, then opened.",
  );
  for (const length of LENGTHS) {
    book.add({
      name: `a file of ${length} bytes`,
      run: "padded-length",
      input: { length },
      expect: "valid",
    });
  }
  addChunks(book, crypto);
  return book.finished();
};
