import { hex } from "../../src/protocol/public/bytes.ts";
import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { passkeyDoor, passkeyKeys } from "../../src/protocol/secret/passkey.ts";
import { makeVaultKey, wrapVaultKey } from "../../src/protocol/secret/vault.ts";
import { type Book, startBook } from "./book.ts";
import type { Outcome, VectorBook } from "./case.ts";
import { makeWorld, type World } from "./world.ts";

const USER = "ada";

const ownerInput = (world: World) => ({
  newsroomId: hex(world.newsroom.newsroomId),
  userName: USER,
});

const addDevice = (book: Book, world: World): void => {
  const { crypto } = world;
  const input = {
    ...ownerInput(world),
    passphrase: "anvil basket copper dune ember fjord",
    salt: hex(crypto.random(16)),
    memoryKiB: 65_536,
    passes: 3,
    deviceSecret: hex(crypto.random(32)),
  };
  const add = (name: string, change: object, expect: Outcome) =>
    book.add({ name, run: "passphrase-keys", input: { ...input, ...change }, expect });
  add("a passphrase with a device secret", {}, "valid");
  add("the same with another", { deviceSecret: hex(crypto.random(32)) }, "valid");
  add("a device secret too short", { deviceSecret: hex(crypto.random(31)) }, "codename-length");
};

const addPasskey = (book: Book, world: World): void => {
  const { crypto } = world;
  const owner = { newsroomId: world.newsroom.newsroomId, userName: USER };
  const [credentialId, output] = [crypto.random(32), crypto.random(32)];
  const input = { ...ownerInput(world), credentialId: hex(credentialId), output: hex(output) };
  const add = (name: string, change: object) =>
    book.add({ name, run: "passkey-keys", input: { ...input, ...change }, expect: "valid" });
  add("a passkey's output", {});
  add("of another passkey", { credentialId: hex(crypto.random(16)) });
  add("of another user", { userName: "bea" });
  const { unlockKey } = passkeyKeys(crypto, owner, { credentialId, output });
  const door = passkeyDoor(credentialId);
  const wrapped = book.keep(
    "wrapped",
    wrapVaultKey(crypto, { owner, door, unlockKey }, makeVaultKey(crypto)),
  );
  const wrap = { ...ownerInput(world), door, unlockKey: hex(unlockKey), wrapped };
  const addWrap = (name: string, change: object, expect: Outcome) =>
    book.add({ name, run: "unwrap-vault-key", input: { ...wrap, ...change }, expect });
  addWrap("the vault key by a passkey", {}, "opened");
  addWrap("at the passphrase's door", { door: "passphrase" }, "vault-broken");
  addWrap("at another passkey's door", { door: "passkey:AAAA" }, "vault-broken");
};

export const makeSignIn = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const book = startBook(
    crypto,
    "docs/protocol.md §13.5 and §13.6: device secrets and passkeys that open the vault.",
  );
  addDevice(book, world);
  addPasskey(book, world);
  return book.finished();
};
