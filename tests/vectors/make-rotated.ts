import { concat, hex } from "../../src/protocol/public/bytes.ts";
import type { NewsroomId, NewsroomPublicKey } from "../../src/protocol/public/crypto.ts";
import { labelled } from "../../src/protocol/public/labels.ts";
import { encodeRotation, formerSignedBytes } from "../../src/protocol/public/newsroom-keys.ts";
import { encodeStatement, signedBytes } from "../../src/protocol/public/statement.ts";
import type { NewsroomSeed, PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import {
  commitToNext,
  type RotationPlan,
  seedOfNewsroomWords,
  signRoster,
  signRotation,
} from "../../src/protocol/secret/sign.ts";
import { type Book, eachCut, eachField, type Field, startBook } from "./book.ts";
import type { Given, Outcome, VectorBook } from "./case.ts";
import { DAY, makeWorld, type World } from "./world.ts";

const FIELDS: readonly Field[] = [
  ["kind", 1],
  ["payload length", 4],
  ["payload version", 1],
  ["newsroom id", 32],
  ["ordinal", 4],
  ["reason", 1],
  ["new key", 32],
  ["next commitment", 32],
  ["last roster of the former key", 4],
  ["day", 4],
  ["R of the former key's signature", 32],
  ["S of the former key's signature", 32],
  ["R of the signature", 32],
  ["S of the signature", 32],
];

/** A changed bit that changes the shape too; every other one breaks the new key's signature. */
const SHAPE = new Set(["kind", "payload length", "payload version", "ordinal"]);

/** The two rotations that a newsroom can make with its first two sheets of words. */
const makeRotations = (world: World) => {
  const { crypto, newsroom } = world;
  const words = [newsroom.words, crypto.random(32), crypto.random(32)] as const;
  const seeds = [
    newsroom.seed,
    seedOfNewsroomWords(crypto, words[0]),
    seedOfNewsroomWords(crypto, words[1]),
  ] as const;
  const first: RotationPlan = {
    newsroomId: newsroom.newsroomId,
    ordinal: 1,
    formerSeed: seeds[0],
    seed: seeds[1],
    nextCommitment: commitToNext(crypto, words[1]),
    afterRoster: 12,
    day: DAY - 100,
  };
  const second: RotationPlan = {
    ...first,
    ordinal: 2,
    formerSeed: seeds[1],
    seed: seeds[2],
    nextCommitment: commitToNext(crypto, words[2]),
    afterRoster: 30,
    day: DAY - 10,
  };
  return { seeds, first, second };
};

type Rotations = ReturnType<typeof makeRotations>;
type Add = (name: string, statements: readonly Given[], expect: Outcome) => void;

const addRules = (add: Add, world: World, { seeds, first, second }: Rotations): void => {
  const { crypto } = world;
  const kept = { created: { of: "created" }, first: { of: "first rotation" } };
  const one = (name: string, change: Partial<RotationPlan>, expect: Outcome) =>
    add(name, [kept.created, hex(signRotation(crypto, { ...first, ...change }))], expect);
  one("stolen: by the committed key alone", { formerSeed: null }, "valid");
  one(
    "by a key that nobody committed to, released by the former key",
    { seed: crypto.random(32) as NewsroomSeed },
    "bad-signature",
  );
  one("the committed key itself as the former one", { formerSeed: seeds[1] }, "bad-signature");
  one(
    "a stranger as the former key",
    { formerSeed: crypto.random(32) as NewsroomSeed },
    "bad-signature",
  );
  one("another newsroom's id", { newsroomId: crypto.random(32) as NewsroomId }, "bad-signature");
  one("ordinal zero", { ordinal: 0 }, "bad-structure");
  one("ordinal two first", { ordinal: 2 }, "bad-structure");
  one("no roster under the former key", { afterRoster: 0 }, "roster-invalid");
  const two = (name: string, change: Partial<RotationPlan>, expect: Outcome) =>
    add(
      name,
      [kept.created, kept.first, hex(signRotation(crypto, { ...second, ...change }))],
      expect,
    );
  two("twice, the second time stolen", { formerSeed: null }, "valid");
  two("no roster in between", { afterRoster: 12 }, "roster-invalid");
  two("released by the key before the former", { formerSeed: seeds[0] }, "bad-signature");
};

const addOrder = (add: Add, world: World, { first, second }: Rotations): void => {
  const { crypto } = world;
  const created = { of: "created" };
  const kept = { of: "first rotation" };
  const next = hex(signRotation(crypto, second));
  add("nothing", [], "bad-structure");
  add("twice", [created, kept, next], "valid");
  add("out of order", [created, next, kept], "bad-structure");
  add("one left out", [created, next], "bad-structure");
  add("the same twice", [created, kept, kept], "bad-structure");
  add("without the created statement", [kept], "bad-structure");
  const fork = signRotation(crypto, {
    ...first,
    nextCommitment: commitToNext(crypto, crypto.random(32)),
  });
  add("a second one in the first one's place", [created, kept, hex(fork)], "bad-structure");
  add("the same key with other words to follow", [created, hex(fork)], "valid");
  add("the second rotation after the other first", [created, hex(fork), next], "bad-signature");
};

/** Signed rightly by the committed key, with whatever stands where the former key's signature belongs. */
const signedWith = (world: World, plan: RotationPlan, given: Released): string => {
  const { crypto, newsroom } = world;
  const { newsroomId } = newsroom;
  const key = crypto.ed25519PublicKey(plan.seed) as NewsroomPublicKey;
  const encoded = encodeRotation({ ...plan, key, stolen: given.stolen });
  const payload = concat([encoded, given.former(encoded)]);
  const kind = "newsroom-rotated" as const;
  const signature = crypto.ed25519Sign(signedBytes({ kind, payload }, newsroomId), plan.seed);
  return hex(encodeStatement({ kind, payload, signature }));
};

type Released = {
  readonly stolen: boolean;
  readonly former: (encoded: Uint8Array) => Uint8Array;
};

const addReason = (add: Add, world: World, { seeds, first }: Rotations): void => {
  const { crypto, newsroom } = world;
  const zeros = (): Uint8Array => new Uint8Array(64);
  const released = (encoded: Uint8Array): Uint8Array =>
    crypto.ed25519Sign(formerSignedBytes(newsroom.newsroomId, encoded), seeds[0]);
  const underOtherLabel = (encoded: Uint8Array): Uint8Array => {
    const bytes = labelled("newsroom-rotated", [newsroom.newsroomId, encoded]);
    return crypto.ed25519Sign(bytes, seeds[0]);
  };
  const one = (name: string, given: Released, expect: Outcome) =>
    add(name, [{ of: "created" }, signedWith(world, first, given)], expect);
  one("routine, put together by hand", { stolen: false, former: released }, "valid");
  one(
    "routine without the former key's signature",
    { stolen: false, former: zeros },
    "bad-signature",
  );
  one(
    "stolen with the former key's signature",
    { stolen: true, former: released },
    "bad-signature",
  );
  one(
    "released under the statement's label",
    { stolen: false, former: underOtherLabel },
    "bad-signature",
  );
  const third = { of: "first rotation", at: 5 + 1 + 32 + 4, put: "02" };
  add("a third reason", [{ of: "created" }, third], "bad-structure");
};

const addRosters = (book: Book, world: World, { seeds, first }: Rotations): void => {
  const { crypto, roster } = world;
  const statements = [{ of: "created" }, { of: "first rotation" }];
  const add = (name: string, number: number, seed: NewsroomSeed, expect: Outcome) =>
    book.add({
      name,
      run: "roster-of-era",
      input: { statements, number, roster: hex(signRoster(crypto, { ...roster, number }, seed)) },
      expect,
    });
  add("the former key's last roster", first.afterRoster, seeds[0], "valid");
  add("the new key's first roster", first.afterRoster + 1, seeds[1], "valid");
  add("the new key on the former one's last", first.afterRoster, seeds[1], "bad-signature");
  add("the former key on the new one's first", first.afterRoster + 1, seeds[0], "bad-signature");
};

export const makeRotated = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const rotations = makeRotations(world);
  const book = startBook(
    crypto,
    "docs/protocol.md §4.5: newsroom rotated, and whose key a roster needs.",
  );
  const run = "newsroom-keys";
  const created = book.keep("created", world.newsroom.created);
  const first = signRotation(crypto, rotations.first);
  const kept = book.keep("first rotation", first);
  const add: Add = (name, statements, expect) =>
    book.add({ name, run, input: { statements }, expect });
  add("never rotated", [created], "valid");
  add("rotated once", [created, kept], "valid");
  eachField(FIELDS, kept, (field, damaged) => {
    const expect = SHAPE.has(field) ? "bad-structure" : "bad-signature";
    add(`changed: ${field}`, [created, damaged], expect);
  });
  eachCut(FIELDS, kept, (name, damaged) => add(name, [created, damaged], "bad-structure"));
  addReason(add, world, rotations);
  addRules(add, world, rotations);
  addOrder(add, world, rotations);
  addRosters(book, world, rotations);
  return book.finished();
};
