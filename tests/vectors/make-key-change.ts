import { concat, hex } from "../../src/protocol/public/bytes.ts";
import type { IdentityPublicKey, StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import {
  encodeKeyChange,
  type KeyChange,
  proofBytes,
} from "../../src/protocol/public/key-change.ts";
import { unhex } from "../../src/protocol/public/self-test.ts";
import type { IdentitySeed, PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { signKeyChange } from "../../src/protocol/secret/key-change.ts";
import { sign } from "../../src/protocol/secret/sign.ts";
import { type Book, eachCut, eachField, type Field, startBook } from "./book.ts";
import type { Outcome, VectorBook } from "./case.ts";
import { LOW_ORDER } from "./low-order.ts";
import { makeWorld, type World } from "./world.ts";

const FIELDS: readonly Field[] = [
  ["kind", 1],
  ["payload length", 4],
  ["payload version", 1],
  ["member number", 2],
  ["reason", 1],
  ["old identity", 32],
  ["new identity", 32],
  ["new static key", 32],
  ["R of the proof", 32],
  ["S of the proof", 32],
  ["R of the signature", 32],
  ["S of the signature", 32],
];

type Next = { readonly seed: IdentitySeed; readonly change: KeyChange };

const drawNext = ({ crypto, people }: World): Next => {
  const seed = crypto.random(32) as IdentitySeed;
  const change: KeyChange = {
    memberNumber: 2,
    stolen: false,
    oldIdentity: people.bea.entry.identity,
    identity: crypto.ed25519PublicKey(seed) as IdentityPublicKey,
    static: crypto.x25519PublicKey(crypto.random(32)) as StaticPublicKey,
  };
  return { seed, change };
};

const ownerOf = ({ newsroom, people }: World) => ({
  newsroomId: hex(newsroom.newsroomId),
  newsroomKey: hex(newsroom.key),
  memberNumber: 2,
  identity: hex(people.bea.entry.identity),
});

/** Signed rightly by the old identity, and still not to be taken. */
const addRules = (book: Book, world: World, { seed, change }: Next): void => {
  const { crypto, people, newsroom } = world;
  const { newsroomId } = newsroom;
  const oldSeed = people.bea.identitySeed;
  const add = (name: string, statement: Uint8Array, expect: Outcome) =>
    book.add({
      name,
      run: "key-change",
      input: { statement: hex(statement), ...ownerOf(world) },
      expect,
    });
  const signed = (other: Partial<KeyChange>, by = oldSeed, newSeed = seed) =>
    signKeyChange(crypto, { newsroomId, change: { ...change, ...other }, oldSeed: by, newSeed });
  const kind = "key-change" as const;
  const raw = (start: Uint8Array, proved: Uint8Array) => {
    const payload = concat([start, crypto.ed25519Sign(proved, seed)]);
    return sign(crypto, { kind, payload, newsroomId, seed: oldSeed });
  };
  add("old keys in other hands", signed({ stolen: true }), "valid");
  add("signed by another member", signed({}, people.ada.identitySeed), "bad-signature");
  add("proved by the old identity", signed({}, oldSeed, oldSeed), "bad-signature");
  add("another member number", signed({ memberNumber: 1 }), "roster-changed");
  const oldIdentity = people.ada.entry.identity;
  add("in the place of another identity", signed({ oldIdentity }), "roster-changed");
  const start = encodeKeyChange(change);
  const reason = start.slice();
  reason[3] = 2;
  add("reason 2", raw(reason, proofBytes(newsroomId, change)), "bad-structure");
  const unproved = proofBytes(newsroomId, { ...change, stolen: true });
  add("proof of another change", raw(start, unproved), "bad-signature");
  for (const point of LOW_ORDER) {
    const name = `static key ${point.slice(0, 4)}…${point.slice(-2)} of low order`;
    add(name, signed({ static: unhex(point) as StaticPublicKey }), "bad-structure");
  }
};

export const makeKeyChanges = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const book = startBook(crypto, "docs/protocol.md §14.1: new lasting keys and their eight words.");
  const next = drawNext(world);
  const { newsroomId } = world.newsroom;
  const { seed, change } = next;
  const oldSeed = world.people.bea.identitySeed;
  const statement = book.keep(
    "key change",
    signKeyChange(crypto, { newsroomId, change, oldSeed, newSeed: seed }),
  );
  const run = "key-change";
  const owner = ownerOf(world);
  book.add({ name: "as signed", run, input: { statement, ...owner }, expect: "valid" });
  eachField(FIELDS, statement, (field, damaged) => {
    const isShape = field === "kind" || field === "payload length";
    const expect = isShape ? "bad-structure" : "bad-signature";
    book.add({ name: `changed: ${field}`, run, input: { statement: damaged, ...owner }, expect });
  });
  eachCut(FIELDS, statement, (name, damaged) => {
    book.add({ name, run, input: { statement: damaged, ...owner }, expect: "bad-structure" });
  });
  addRules(book, world, next);
  return book.finished();
};
