// An opener written from docs/protocol.md and tests/vectors/README.md alone: nothing of src/ is imported here.
import { describe, expect, it } from "vitest";
import { bookNamed, type Case, type Given, given, type Json, Refusal } from "./stranger.ts";
import * as doors from "./stranger-doors.ts";
import * as letters from "./stranger-letters.ts";
import * as log from "./stranger-log.ts";
import * as newsroom from "./stranger-newsroom.ts";
import { openMessage } from "./stranger-opener.ts";

/** Which operations the stranger has written, and whether for good cases only. */
const WRITTEN: readonly (readonly [
  book: string,
  run: string,
  open: (input: Given) => Json,
  goodOnly: boolean,
])[] = [
  ["message", "open-message", openMessage, false],
  ["reply", "open-message", openMessage, false],
  ["newsroom-created", "newsroom-created", newsroom.created, false],
  ["newsroom-rotated", "newsroom-keys", newsroom.newsroomKeys, false],
  ["newsroom-created", "newsroom-words", newsroom.newsroomWords, false],
  ["codename", "codename", doors.codename, true],
  ["codename", "source-keys", doors.sourceKeys, false],
  ["login", "answer-challenge", doors.answerChallenge, false],
  ["archive-wrap", "open-wrap", doors.openWrap, false],
  ["history", "parse-history", doors.history, false],
  ["attachment", "padded-length", doors.paddedLength, false],
  ["attachment", "open-chunk", doors.sealedChunk, true],
  ["vault", "passphrase-keys", doors.passphraseKeys, true],
  ["vault", "recovery-keys", doors.recoveryKeys, false],
  ["vault", "unwrap-vault-key", doors.unwrapVaultKey, false],
  ["vault", "open-vault", doors.openVault, false],
  ["enrolment", "enrolment", doors.enrolment, false],
  ["letters", "open-letter", letters.open, false],
  ["letters", "key-letter", letters.keyLetter, false],
  ["letters", "handover", letters.handover, false],
  ["letters", "share-letter", letters.shareLetter, false],
  ["letters", "share-return", letters.shareReturn, false],
  ["log", "log-root", log.root, false],
  ["log", "log-inclusion", log.inclusion, false],
  ["log", "log-consistency", log.consistency, false],
  ["log", "log-checkpoint", log.checkpoint, false],
  ["log", "log-leaves", log.leaves, false],
  ["log", "log-evidence", log.evidence, false],
  ["log", "vault-stamp", log.vaultStamp, false],
  ["log", "seen", log.seen, false],
  ["log", "restored", log.restored, false],
  ["log", "audit-anchor", log.anchor, false],
];

const isGood = (item: Case): boolean => item.expect === "valid" || item.expect === "opened";

const outcome = (item: Case, open: () => Json): { expect: string; result?: Json } => {
  try {
    const result = open();
    return result === null
      ? { expect: "not-for-me" }
      : { expect: isGood(item) ? item.expect : "opened", result };
  } catch (error) {
    if (error instanceof Refusal) return { expect: error.message };
    throw error;
  }
};

/** Typed in capitals, numbered or shortened is for pages, not for a stranger with a word list. */
const isPlainlyTyped = (item: Case): boolean =>
  item.run !== "codename" ||
  (/^([a-z]{3,8} ?){12}$/.test(String(item.input["typed"])) && !item.name.includes("four letters"));

describe.each(WRITTEN)("a stranger with the document: %s, %s", (name, run, open, goodOnly) => {
  const book = bookNamed(name);
  const cases = book.cases.filter(
    (item) => item.run === run && (!goodOnly || isGood(item)) && isPlainlyTyped(item),
  );
  it.each(cases)("$name → $expect", (item) => {
    const { expect: came, result } = outcome(item, () => open(given(book, item)));
    expect(came).toBe(item.expect);
    expect(result).toEqual(item.result);
  });
});
