import { hex } from "../../src/protocol/public/bytes.ts";
import type { RosterHash, StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import type { Roster, RosterEntry } from "../../src/protocol/public/roster.ts";
import { unhex } from "../../src/protocol/public/self-test.ts";
import type { NewsroomSeed, PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { signRoster } from "../../src/protocol/secret/sign.ts";
import { type Book, eachCut, eachField, type Field, startBook } from "./book.ts";
import type { Outcome, VectorBook } from "./case.ts";
import { LOW_ORDER } from "./low-order.ts";
import { DAY, makeWorld, type World } from "./world.ts";

const entryFields = (entry: RosterEntry, index: number): readonly Field[] => [
  [`member number of entry ${index}`, 2],
  [`state of entry ${index}`, 1],
  [`position of entry ${index}`, 1],
  [`generation of entry ${index}`, 4],
  [`identity of entry ${index}`, 32],
  [`static key of entry ${index}`, 32],
  [`name length of entry ${index}`, 4],
  [`name of entry ${index}`, new TextEncoder().encode(entry.name).length],
];

const rosterFields = (roster: Roster): readonly Field[] => [
  ["kind", 1],
  ["payload length", 4],
  ["payload version", 1],
  ["newsroom id", 32],
  ["number", 4],
  ["previous hash", 32],
  ["issued day", 4],
  ["valid-until day", 4],
  ["settings hash", 32],
  ["entry count", 2],
  ...roster.entries.flatMap(entryFields),
  ["R of the signature", 32],
  ["S of the signature", 32],
];

const newsroomInput = (world: World) => ({
  newsroomId: hex(world.newsroom.newsroomId),
  newsroomKey: hex(world.newsroom.key),
});

const addDamage = (book: Book, world: World): void => {
  const run = "roster";
  const newsroom = newsroomInput(world);
  const roster = book.keep("roster", world.rosterStatement);
  const fields = rosterFields(world.roster);
  book.add({ name: "as signed", run, input: { roster, ...newsroom, today: DAY }, expect: "valid" });
  eachField(fields, roster, (field, damaged) => {
    // The signature is checked before the payload is read, so a changed payload is a bad signature whatever it says.
    const expect =
      field === "kind" || field === "payload length" ? "bad-structure" : "bad-signature";
    book.add({ name: `changed: ${field}`, run, input: { roster: damaged, ...newsroom }, expect });
  });
  eachCut(fields, roster, (name, damaged) => {
    book.add({ name, run, input: { roster: damaged, ...newsroom }, expect: "bad-structure" });
  });
  const { issuedDay, validUntilDay } = world.roster;
  const days: readonly (readonly [number, Outcome])[] = [
    [issuedDay - 2, "roster-early"],
    [issuedDay - 1, "valid"],
    [validUntilDay + 1, "valid"],
    [validUntilDay + 2, "roster-lapsed"],
  ];
  for (const [today, expect] of days) {
    book.add({ name: `on day ${today}`, run, input: { roster, ...newsroom, today }, expect });
  }
};

type Change = Partial<Roster> & { readonly seed?: NewsroomSeed };

/** Rosters that are signed rightly and still break a rule. */
const addRules = (book: Book, world: World): void => {
  const { adaBefore, ada, bea, cem, dov, eli } = world.people;
  const entries = world.roster.entries;
  const add = (name: string, change: Change, expect: Outcome = "roster-invalid") => {
    const signed = signRoster(
      world.crypto,
      { ...world.roster, ...change },
      change.seed ?? world.newsroom.seed,
    );
    book.add({
      name,
      run: "roster",
      input: { roster: hex(signed), ...newsroomInput(world) },
      expect,
    });
  };
  const withBea = (change: Partial<RosterEntry>) =>
    entries.map((entry) => (entry === bea.entry ? { ...entry, ...change } : entry));
  add("nobody on it", { entries: [] }, "valid");
  add("signed by a member", { seed: ada.identitySeed as unknown as NewsroomSeed }, "bad-signature");
  add("number zero", { number: 0 });
  add("valid until before it was issued", { validUntilDay: world.roster.issuedDay - 1 });
  add("equal static keys", { entries: withBea({ static: ada.entry.static }) });
  add("a static key that somebody had before", {
    entries: withBea({ static: adaBefore.entry.static }),
  });
  add("equal identities", { entries: withBea({ identity: cem.entry.identity }) });
  add("an identity of somebody who left", { entries: withBea({ identity: dov.entry.identity }) });
  add("a position twice", { entries: withBea({ position: 2 }) });
  add("a gap in the positions", { entries: withBea({ position: 4 }) });
  add("a current member at position zero", { entries: withBea({ position: 0 }) });
  add("one who left at a position", {
    entries: entries.map((entry) => (entry === dov.entry ? { ...entry, position: 4 } : entry)),
  });
  add("numbers out of order", { entries: [bea.entry, ada.entry, cem.entry] });
  add("member number zero", { entries: [{ ...bea.entry, memberNumber: 0 }] });
  add("two current entries of one member", {
    entries: [
      { ...ada.entry, position: 1 },
      { ...bea.entry, memberNumber: 1, position: 2 },
    ],
  });
  const besideAda = (other: RosterEntry, expect?: Outcome) => {
    const both = [
      { ...ada.entry, position: 1 },
      { ...other, memberNumber: 1 },
    ];
    add(`current and ${other.state} under one number`, { entries: both }, expect);
  };
  besideAda(eli.entry, "valid");
  besideAda(dov.entry);
  add("an empty name", { entries: withBea({ name: "" }) }, "bad-structure");
  add("a name of 81 letters", { entries: withBea({ name: "a".repeat(81) }) }, "bad-structure");
  for (const point of LOW_ORDER) {
    add(`static key ${point.slice(0, 4)}…${point.slice(-2)} of low order`, {
      entries: withBea({ static: unhex(point) as StaticPublicKey }),
    });
  }
  const raised = bea.entry.static.slice() as StaticPublicKey;
  raised[31] = (raised[31] ?? 0) | 128;
  add("a static key with its unused bit set", { entries: withBea({ static: raised }) });
  const many = Array.from({ length: 41 }, (_, index) => ({
    ...bea.entry,
    memberNumber: index + 1,
    position: index + 1,
    identity: world.crypto.random(32) as RosterEntry["identity"],
    static: world.crypto.x25519PublicKey(world.crypto.random(32)) as StaticPublicKey,
  }));
  add("forty journalists", { entries: many.slice(0, 40) }, "valid");
  add("forty-one journalists", { entries: many });
};

type AddNext = (name: string, change: Partial<Roster>, expect?: Outcome) => void;

/** Whose entry may come onto the list, beside or in the place of which. */
const addNewKeys = (add: AddNext, world: World): void => {
  const { adaBefore, bea, dov, eli } = world.people;
  const entries = world.roster.entries;
  const fresh = (change: Partial<RosterEntry>): RosterEntry => ({
    ...bea.entry,
    generation: 4,
    identity: world.crypto.ed25519PublicKey(world.crypto.random(32)) as RosterEntry["identity"],
    static: world.crypto.x25519PublicKey(world.crypto.random(32)) as StaticPublicKey,
    ...change,
  });
  /** With `entry` behind the last one of its number, and `who` changed. */
  const added = (entry: RosterEntry, who: RosterEntry, change: Partial<RosterEntry>) => ({
    entries: entries
      .map((one) => (one === who ? { ...one, ...change } : one))
      .concat(entry)
      .sort((a, b) => a.memberNumber - b.memberNumber),
  });
  const rotated = { state: "rotated", position: 0 } as const;
  const stolen = { state: "stolen", position: 0 } as const;
  const joined = fresh({ memberNumber: 6, position: 4, generation: 0 });
  add("a new member", added(joined, bea.entry, {}), "valid");
  add("Bea's keys rotated", added(fresh({}), bea.entry, rotated), "valid");
  add(
    "Bea's old keys stolen, new ones in their place",
    added(fresh({}), bea.entry, stolen),
    "valid",
  );
  add(
    "keys that were rotated turn out stolen",
    added(joined, adaBefore.entry, { state: "stolen" }),
    "valid",
  );
  add(
    "new keys in a generation there has been",
    added(fresh({ generation: 3 }), bea.entry, rotated),
  );
  add("a new entry that is nobody's current one", added(fresh(rotated), bea.entry, {}));
  add(
    "a new member who is not current",
    added(fresh({ memberNumber: 6, ...stolen }), bea.entry, {}),
  );
  for (const gone of [dov.entry, eli.entry]) {
    const back = fresh({ memberNumber: gone.memberNumber, position: 4 });
    add(`who is ${gone.state} comes back under the same number`, added(back, bea.entry, {}));
  }
};

const addChain = (book: Book, world: World): void => {
  const { ada, bea, cem, dov, eli } = world.people;
  const entries = world.roster.entries;
  const next: Roster = { ...world.roster, number: 8, previousHash: world.verifiedRoster.hash };
  const newsroom = newsroomInput(world);
  const add = (name: string, change: Partial<Roster>, expect: Outcome = "roster-invalid") => {
    const signed = hex(signRoster(world.crypto, { ...next, ...change }, world.newsroom.seed));
    book.add({
      name,
      run: "roster-follows",
      input: { previous: { of: "roster" }, next: signed, ...newsroom },
      expect,
    });
  };
  addNewKeys(add, world);
  const changed = (who: RosterEntry, change: Partial<RosterEntry>) =>
    entries.map((entry) => (entry === who ? { ...entry, ...change } : entry));
  add(
    "renewed: only number, previous hash and dates differ",
    { issuedDay: DAY, validUntilDay: DAY + 35 },
    "valid",
  );
  add("Bea left", { entries: changed(bea.entry, { state: "left", position: 0 }) }, "valid");
  add(
    "one who left turns out stolen",
    { entries: changed(dov.entry, { state: "stolen" }) },
    "valid",
  );
  add("messaging keys rotated now", { entries: changed(bea.entry, { generation: 4 }) }, "valid");
  add("a new name", { entries: changed(bea.entry, { name: "Bea" }) }, "valid");
  add("a number left out", { number: 9 });
  add("the same number again", { number: 7 });
  add("another previous hash", { previousHash: world.roster.previousHash as RosterHash });
  add("somebody forgotten", { entries: entries.filter((entry) => entry !== cem.entry) });
  add("one who left comes back", {
    entries: changed(dov.entry, { state: "current", position: 4 }),
  });
  add("a stolen key is made good", { entries: changed(eli.entry, { state: "left" }) });
  add("a generation goes back", { entries: changed(bea.entry, { generation: 2 }) });
  add("another static key under the same identity", {
    entries: changed(bea.entry, { static: ada.entry.static }),
  });
  add("another member number", { entries: changed(eli.entry, { memberNumber: 6 }) });
  const first = { ...next, number: 1, previousHash: new Uint8Array(32) };
  for (const [name, roster, expect] of [
    ["the first roster", first, "valid"],
    [
      "a first roster with a hash before it",
      { ...first, previousHash: world.roster.previousHash },
      "roster-invalid",
    ],
    ["a first roster that is the second", { ...first, number: 2 }, "roster-invalid"],
  ] as const) {
    const signed = hex(signRoster(world.crypto, roster, world.newsroom.seed));
    book.add({ name, run: "roster-follows", input: { next: signed, ...newsroom }, expect });
  }
};

export const makeRosters = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const book = startBook(
    crypto,
    "docs/protocol.md §5: rosters, their rules, and which may follow which.",
  );
  addDamage(book, world);
  addRules(book, world);
  addChain(book, world);
  return book.finished();
};
