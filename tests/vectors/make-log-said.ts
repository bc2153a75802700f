import { encodeAuditAnchor } from "../../src/protocol/public/audit-anchor.ts";
import { hex } from "../../src/protocol/public/bytes.ts";
import type { Head } from "../../src/protocol/public/log-proof.ts";
import { vaultHash } from "../../src/protocol/public/seen.ts";
import { signRestored } from "../../src/protocol/secret/sign-restored.ts";
import { signSeen } from "../../src/protocol/secret/sign-seen.ts";
import { type Book, eachCut, eachField, type Field } from "./book.ts";
import type { ChangedBytes, Outcome } from "./case.ts";
import { DAY, type World } from "./world.ts";

/** What is said about the log: by members who have seen it, after a backup, and of the audit trail once a day. */

const framed = (payload: readonly Field[]): readonly Field[] => [
  ["kind", 1],
  ["payload length", 4],
  ...payload,
  ["R of the signature", 32],
  ["S of the signature", 32],
];

type Add = (name: string, given: ChangedBytes, expect: Outcome) => void;

const SHAPE = new Set(["kind", "payload length"]);

const addDamage = (fields: readonly Field[], whole: ChangedBytes, add: Add): void => {
  eachField(fields, whole, (field, damaged) =>
    add(`changed: ${field}`, damaged, SHAPE.has(field) ? "bad-structure" : "bad-signature"),
  );
  eachCut(fields, whole, (name, damaged) => add(name, damaged, "bad-structure"));
};

const addSeen = (book: Book, world: World, head: Head): void => {
  const { crypto, newsroom, people } = world;
  const { newsroomId } = newsroom;
  const list = crypto.random(70);
  const stamp = (name: string, version: number) =>
    book.add({ name, run: "vault-stamp", input: { version, list: hex(list) }, expect: "valid" });
  stamp("a vault's hash", 41);
  stamp("of the same list under another version", 42);
  const seen = {
    memberNumber: 2,
    ...head,
    rosterNumber: 7,
    vaultVersion: 41,
    vaultHash: vaultHash(crypto, 41, list),
    day: DAY,
  };
  const statement = signSeen(crypto, seen, { newsroomId, seed: people.bea.identitySeed });
  const whole = book.keep("seen", statement);
  const input = { newsroomId: hex(newsroomId), identity: hex(people.bea.entry.identity) };
  const add = (name: string, given: ChangedBytes, expect: Outcome, change: object = {}): void =>
    book.add({ name, run: "seen", input: { statement: given, ...input, ...change }, expect });
  add("as signed", whole, "valid");
  add("of somebody else", whole, "bad-signature", { identity: hex(people.ada.entry.identity) });
  add("in another newsroom", whole, "bad-signature", { newsroomId: "00".repeat(32) });
  addDamage(
    framed([
      ["version", 1],
      ["member number", 2],
      ["size", 8],
      ["root", 32],
      ["roster number", 4],
      ["vault version", 4],
      ["vault hash", 32],
      ["day", 4],
    ]),
    whole,
    add,
  );
};

const addRestored = (book: Book, world: World, head: Head): void => {
  const { crypto, newsroom } = world;
  const { newsroomId, key, seed } = newsroom;
  const statement = signRestored(
    crypto,
    { ...head, memberNumber: 1, day: DAY },
    { newsroomId, seed },
  );
  const whole = book.keep("restored", statement);
  const input = { newsroomId: hex(newsroomId), newsroomKey: hex(key) };
  const add = (name: string, given: ChangedBytes, expect: Outcome, change: object = {}): void =>
    book.add({ name, run: "restored", input: { statement: given, ...input, ...change }, expect });
  add("as signed", whole, "valid");
  add("by a member alone", whole, "bad-signature", {
    newsroomKey: hex(world.people.ada.entry.identity),
  });
  addDamage(
    framed([
      ["version", 1],
      ["size", 8],
      ["root", 32],
      ["member number", 2],
      ["day", 4],
    ]),
    whole,
    add,
  );
};

const addAnchors = (book: Book, { crypto }: World): void => {
  const anchor = encodeAuditAnchor({ day: DAY, hash: crypto.random(32) });
  const leaf = book.keep("anchor", anchor);
  const add: Add = (name, given, expect) =>
    book.add({ name, run: "audit-anchor", input: { leaf: given }, expect });
  add("a day's anchor", leaf, "valid");
  add("a leaf of another kind", { ...leaf, at: 0, put: "03" }, "not-for-me");
  add("an anchor of a later version", { ...leaf, at: 1, put: "02" }, "not-for-me");
  add("cut by one byte", { ...leaf, cut: anchor.length - 1 }, "bad-structure");
  add("one byte too many", { ...leaf, append: "00" }, "bad-structure");
};

export const addSaid = (book: Book, world: World, head: Head): void => {
  addSeen(book, world, head);
  addRestored(book, world, head);
  addAnchors(book, world);
};
