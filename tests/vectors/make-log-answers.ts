import { encodeBundle } from "../../src/protocol/public/bundle.ts";
import { concat, hex, utf8 } from "../../src/protocol/public/bytes.ts";
import type { LogPublicKey } from "../../src/protocol/public/crypto.ts";
import {
  checkpointText,
  encodeNote,
  type Log,
  logNameOf,
} from "../../src/protocol/public/log-checkpoint.ts";
import {
  encodeEvidence,
  encodeLeaves,
  provenStatements,
} from "../../src/protocol/public/log-evidence.ts";
import { type Book, eachCut, type Field } from "./book.ts";
import type { Outcome } from "./case.ts";
import { plantLog, shownHead, type Tree } from "./planted-log.ts";
import type { World } from "./world.ts";

/** What the log's routes answer: checkpoints, leaves, evidence. */

type Logged = {
  readonly leaves: readonly Uint8Array[];
  readonly tree: Tree;
  /** Of the log's own key. */
  readonly seed: Uint8Array;
};

const logOf = ({ crypto, newsroom }: World, seed: Uint8Array): Log => ({
  name: logNameOf(newsroom.newsroomId),
  key: crypto.ed25519PublicKey(seed) as LogPublicKey,
});

const noteOf = (
  { crypto }: World,
  log: Log,
  by: { text: Uint8Array; seed: Uint8Array },
): Uint8Array =>
  encodeNote(crypto, log, { text: by.text, signature: crypto.ed25519Sign(by.text, by.seed) });

const addCheckpoints = (book: Book, world: World, { tree, seed }: Logged): void => {
  const { newsroomId } = world.newsroom;
  const log = logOf(world, seed);
  const text = checkpointText(log.name, tree.head(9));
  const signed = (bytes: Uint8Array) => noteOf(world, log, { text: bytes, seed });
  const edited = (from: string | RegExp, to: string): Uint8Array =>
    signed(utf8(new TextDecoder().decode(text).replace(from, to)));
  const other = world.crypto.random(32);
  const theirs = noteOf(world, logOf(world, other), { text, seed: other });
  const lineOf = (note: Uint8Array): Uint8Array => note.slice(text.length + 1);
  const whole = signed(text);
  const add = (name: string, checkpoint: Uint8Array, expect: Outcome): void =>
    book.add({
      name,
      run: "log-checkpoint",
      input: { checkpoint: hex(checkpoint), newsroomId: hex(newsroomId), logKey: hex(log.key) },
      expect,
    });
  add("as signed", whole, "valid");
  add("of an empty tree", signed(checkpointText(log.name, tree.head(0))), "valid");
  add(
    "signed by somebody else as well",
    concat([text, utf8("\n"), lineOf(theirs), lineOf(whole)]),
    "valid",
  );
  add("signed by somebody else", theirs, "bad-signature");
  add(
    "of another size than was signed",
    concat([checkpointText(log.name, { ...tree.head(9), size: 8 }), whole.slice(text.length)]),
    "bad-signature",
  );
  add("a size with a leading zero", edited("\n9\n", "\n09\n"), "bad-structure");
  add("a negative size", edited("\n9\n", "\n-9\n"), "bad-structure");
  add("a fourth line", edited(/$/, "more\n"), "bad-structure");
  add("another name", edited("/log/", "/lag/"), "bad-structure");
  add("a root without its padding", edited("=", ""), "bad-structure");
  add("a root that is no hash", edited(/\n[^\n]+=\n/, "\nAAAA\n"), "bad-structure");
  add("no signature", text, "bad-structure");
  add("no end of its last line", whole.slice(0, -1), "bad-structure");
  const many = Array.from({ length: 16 }, () => lineOf(theirs));
  add("seventeen signatures", concat([text, utf8("\n"), ...many, lineOf(whole)]), "bad-structure");
  const filled = concat([
    text,
    utf8("\n"),
    lineOf(whole),
    new Uint8Array(4_097 - whole.length).fill(0x41),
  ]);
  add("longer than any note", filled, "bad-structure");
};

const leavesFields = (lengths: readonly number[]): readonly Field[] => [
  ["count", 2],
  ...lengths.flatMap((length, at): readonly Field[] => [
    [`length of leaf ${at}`, 4],
    [`leaf ${at}`, length],
  ]),
];

const addLeaves = (book: Book, leaves: readonly Uint8Array[]): void => {
  const three = leaves.slice(0, 3);
  const whole = book.keep("three leaves", encodeLeaves(three));
  const add = (name: string, given: typeof whole, expect: Outcome) =>
    book.add({ name, run: "log-leaves", input: { leaves: given }, expect });
  add("three leaves", whole, "valid");
  add("none", book.keep("no leaves", encodeLeaves([])), "valid");
  add("more than an answer holds", { ...whole, at: 0, put: "0101" }, "bad-structure");
  eachCut(leavesFields(three.map(({ length }) => length)), whole, (name, given) =>
    add(name, given, "bad-structure"),
  );
};

/** The newsroom bundle with its proofs, in a log in which other leaves lie between. */
const addEvidence = (book: Book, world: World, seed: Uint8Array): void => {
  const { crypto, newsroom } = world;
  const bundle = encodeBundle({
    newsroomStatements: [newsroom.created],
    roster: world.rosterStatement,
    settings: world.settings,
    messagingKeys: world.keyStatements,
  });
  const statements = provenStatements(bundle);
  const leaves = [...statements, crypto.random(40)].flatMap((leaf, at) =>
    at % 2 === 0 ? [leaf] : [crypto.random(30), leaf],
  );
  const tree = plantLog(world, leaves);
  const size = leaves.length;
  const log = logOf(world, seed);
  const checkpoint = noteOf(world, log, { text: checkpointText(log.name, tree.head(size)), seed });
  const inclusions = statements.map((statement) => {
    const index = leaves.indexOf(statement);
    return { index, proof: tree.inclusion(index, size) };
  });
  const parts = {
    bundle,
    logKey: log.key,
    checkpoint,
    inclusions,
    consistency: tree.consistency(3, size),
  };
  const add = (name: string, change: Partial<typeof parts>, extra: object = {}) => {
    const evidence = book.keep(`evidence ${name}`, encodeEvidence({ ...parts, ...change }));
    const input = {
      evidence,
      newsroomId: hex(newsroom.newsroomId),
      ...shownHead(tree.head(3), "old "),
    };
    const expect = change.logKey === undefined ? "valid" : "bad-signature";
    book.add({ name, run: "log-evidence", input: { ...input, ...extra }, expect });
    return evidence;
  };
  const whole = add("as sent", {});
  add("with one proof too few", { inclusions: inclusions.slice(1) });
  add("with its proofs in the other order", { inclusions: [...inclusions].reverse() });
  add("for whoever has seen nothing", { consistency: [] }, shownHead(tree.head(0), "old "));
  add("under another log key", { logKey: logOf(world, crypto.random(32)).key });
  const input = {
    evidence: whole,
    newsroomId: hex(newsroom.newsroomId),
    ...shownHead(tree.head(3), "old "),
  };
  const other = { ...input, "old root": hex(crypto.random(32)) };
  book.add({
    name: "for whoever has seen another tree",
    run: "log-evidence",
    input: other,
    expect: "valid",
  });
  for (const [name, change] of [
    ["of another version", { at: 0, put: "02" }],
    ["cut short", { cut: 5 + bundle.length }],
    ["with one byte too many", { append: "00" }],
  ] as const)
    book.add({
      name,
      run: "log-evidence",
      input: { ...input, evidence: { ...whole, ...change } },
      expect: "bad-structure",
    });
};

export const addAnswers = (book: Book, world: World, logged: Logged): void => {
  addCheckpoints(book, world, logged);
  addLeaves(book, logged.leaves);
  addEvidence(book, world, logged.seed);
};
