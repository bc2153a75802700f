import { hex } from "../../src/protocol/public/bytes.ts";
import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { recoveryKeys } from "../../src/protocol/secret/passphrase.ts";
import {
  makeVaultKey,
  type OpenVault,
  sealList,
  sealRecord,
  wrapVaultKey,
} from "../../src/protocol/secret/vault.ts";
import { type Book, eachCut, eachField, startBook } from "./book.ts";
import type { Outcome, VectorBook } from "./case.ts";
import { makeWorld, type World } from "./world.ts";

const USER = "ada";

const ownerInput = (world: World) => ({
  newsroomId: hex(world.newsroom.newsroomId),
  userName: USER,
});

const addDoors = (book: Book, world: World): void => {
  const owner = ownerInput(world);
  const passphrase = "anvil basket copper dune ember fjord";
  const parameters = { salt: hex(world.crypto.random(16)), memoryKiB: 65_536, passes: 3 };
  const add = (name: string, change: object, expect: Outcome) =>
    book.add({
      name,
      run: "passphrase-keys",
      input: { ...owner, passphrase, ...parameters, ...change },
      expect,
    });
  add("a passphrase of six words", {}, "valid");
  add("less memory than the floor", { memoryKiB: 65_535 }, "weak-parameters");
  add("fewer passes than the floor", { passes: 2 }, "weak-parameters");
  add("more memory than a browser has", { memoryKiB: 1_048_577 }, "weak-parameters");
  const words = hex(world.crypto.random(32));
  book.add({
    name: "recovery words",
    run: "recovery-keys",
    input: { ...owner, words },
    expect: "valid",
  });
};

const addWrap = (book: Book, world: World): void => {
  const owner = { newsroomId: world.newsroom.newsroomId, userName: USER };
  const { unlockKey } = recoveryKeys(world.crypto, owner, world.crypto.random(32));
  const door = { owner, door: "recovery" as const, unlockKey };
  const wrapped = book.keep(
    "wrapped",
    wrapVaultKey(world.crypto, door, makeVaultKey(world.crypto)),
  );
  const input = { ...ownerInput(world), door: "recovery", unlockKey: hex(unlockKey), wrapped };
  const add = (name: string, change: object, expect: Outcome) =>
    book.add({ name, run: "unwrap-vault-key", input: { ...input, ...change }, expect });
  add("the vault key by recovery words", {}, "opened");
  add("at the other door", { door: "passphrase" }, "vault-broken");
  add("of another user", { userName: "bea" }, "vault-broken");
  add("of another newsroom", { newsroomId: hex(new Uint8Array(32)) }, "vault-broken");
  add("with another unlock key", { unlockKey: hex(new Uint8Array(32)) }, "vault-broken");
  const fields = [
    ["nonce", 24],
    ["vault key", 32],
    ["tag", 16],
  ] as const;
  eachField(fields, wrapped, (field, damaged) => {
    add(`wrap changed: ${field}`, { wrapped: damaged }, "vault-broken");
  });
  eachCut(fields, wrapped, (name, damaged) => {
    add(`wrap ${name}`, { wrapped: damaged }, "vault-broken");
  });
};

const addRecords = (book: Book, world: World): void => {
  const { crypto } = world;
  const owner = { newsroomId: world.newsroom.newsroomId, userName: USER };
  const vault: OpenVault = { owner, vaultKey: makeVaultKey(crypto) };
  const seal = (id: string) => sealRecord(crypto, vault, { id, bytes: crypto.random(32) });
  const records = new Map(["static", "identity", "messaging:2957:0"].map((id) => [id, seal(id)]));
  const list = book.keep("list", sealList(crypto, vault, { version: 4, records }));
  const before = book.keep("list of version 3", sealList(crypto, vault, { version: 3, records }));
  const kept = Object.fromEntries([...records].map(([id, bytes]) => [id, book.keep(id, bytes)]));
  const input = {
    ...ownerInput(world),
    vaultKey: hex(vault.vaultKey),
    version: 4,
    list,
    records: kept,
  };
  const add = (name: string, change: object, expect: Outcome) =>
    book.add({ name, run: "open-vault", input: { ...input, ...change }, expect });
  const { static: statics, ...withoutStatic } = kept;
  add("three records", {}, "opened");
  add("a record left out", { records: withoutStatic }, "vault-broken");
  add("a record too many", { records: { ...kept, archive: hex(seal("archive")) } }, "vault-broken");
  add(
    "two records swapped",
    { records: { ...kept, static: { of: "identity" }, identity: { of: "static" } } },
    "vault-broken",
  );
  add(
    "a record under another id",
    { records: { ...withoutStatic, archive: { of: "static" } } },
    "vault-broken",
  );
  add(
    "an older record of the same id",
    { records: { ...kept, static: hex(seal("static")) } },
    "vault-broken",
  );
  add(
    "a record changed",
    { records: { ...kept, static: { ...statics, of: "static", at: 40, xor: "01" } } },
    "vault-broken",
  );
  add(
    "a record cut",
    { records: { ...kept, static: { ...statics, of: "static", cut: 20 } } },
    "vault-broken",
  );
  add("an older list", { list: before }, "vault-broken");
  add("an older version that is said to be current", { version: 3 }, "vault-broken");
  add("the older list with its version: a whole old vault", { list: before, version: 3 }, "opened");
  add("the list changed", { list: { ...list, at: 30, xor: "01" } }, "vault-broken");
  add("the list cut", { list: { ...list, cut: 23 } }, "vault-broken");
  add("the list empty", { list: { ...list, cut: 0 } }, "vault-broken");
  add("of another user", { userName: "bea" }, "vault-broken");
  add("with another vault key", { vaultKey: hex(new Uint8Array(32)) }, "vault-broken");
};

export const makeVaults = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const book = startBook(
    crypto,
    "docs/protocol.md §13: passphrases, recovery words and the vault.",
  );
  addDoors(book, world);
  addWrap(book, world);
  addRecords(book, world);
  return book.finished();
};

/** docs/protocol.md §14. Both sides compare the words, so a vector is two people who see one thing differently. */
export const makeEnrolments = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const other = makeWorld(crypto);
  const book = startBook(
    crypto,
    "docs/protocol.md §14: enrolment. Any difference gives other words.",
  );
  const { entry } = world.people.ada;
  const input = {
    secret: hex(world.crypto.random(32)),
    newsroomId: hex(world.newsroom.newsroomId),
    newsroomKey: hex(world.newsroom.key),
    userName: USER,
    name: "Ada Ünal",
    identity: hex(entry.identity),
    static: hex(entry.static),
  };
  const add = (name: string, change: object) =>
    book.add({ name, run: "enrolment", input: { ...input, ...change }, expect: "valid" });
  add("both sides see the same", {});
  add("another secret", { secret: hex(new Uint8Array(32)) });
  add("another newsroom id", { newsroomId: hex(other.newsroom.newsroomId) });
  add("another newsroom key", { newsroomKey: hex(other.newsroom.key) });
  add("another user name", { userName: "eda" });
  add("another name", { name: "Ada Unal" });
  add("another identity", { identity: hex(other.people.ada.entry.identity) });
  add("another static key", { static: hex(other.people.ada.entry.static) });
  add("a letter moved from one name to the other", { userName: "adaA", name: "da Ünal" });
  return book.finished();
};
