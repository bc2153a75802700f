import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyTree, type Tree } from "../support/planted-tree.ts";
import { type Bundle, bundleOf } from "../support/server-bundle.ts";

const root = resolve(import.meta.dirname, "../..");

/** Of libsodium's names the server may hold those that hash, verify and agree. */
const sodiumAllowed = [
  "crypto_generichash",
  "crypto_scalarmult",
  "crypto_scalarmult_base",
  "crypto_sign_verify_detached",
];
const cryptoPackage = /^(?:libsodium-wrappers(?:-sumo)?|@noble\/|@scure\/|age-encryption)/;
const hashAndVerify =
  /^(?:libsodium-wrappers|@noble\/hashes\/\S+|@noble\/curves\/\S+|@scure\/bip39\S*)$/;
const opening =
  /\b(?:aead\w*|kem\w*|ed25519Sign|decapsulate|encapsulate|xchacha20poly1305|secretbox\w*|box_seal\w*|ml_kem\w*|privateDecrypt|sign_detached|signAsync)\b/gi;

/** Lengths of what a messaging-key statement and a letter carry. */
const lengthsAllowed = ["KEM_PUBLIC_KEY", "KEM_CIPHERTEXT"];

const secretFiles = ({ files }: Bundle): readonly string[] =>
  files.filter((file) => file.includes("protocol/secret"));
const openers = ({ code }: Bundle): readonly string[] => [
  ...new Set([
    ...[...code.matchAll(/\bcrypto_[a-z0-9_]+/g)]
      .map(([name]) => name)
      .filter((name) => !sodiumAllowed.includes(name)),
    ...[...code.matchAll(opening)]
      .map(([name]) => name)
      .filter((name) => !lengthsAllowed.includes(name)),
  ]),
];

let bundle: Bundle;
let tree: Tree;

beforeAll(async () => {
  bundle = await bundleOf(root, "src/server/main.ts");
  tree = copyTree();
});
afterAll(() => tree.remove());

describe("what the server is made of", () => {
  it("holds its own rooms and the public half of the protocol only", () => {
    const strangers = bundle.files.filter(
      (file) => !/^src\/(?:server|protocol\/public)\//.test(file),
    );
    expect(strangers).toEqual([]);
    expect(secretFiles(bundle)).toEqual([]);
    expect(bundle.files.length).toBeGreaterThan(10);
  });

  it("holds no function that opens, seals or signs", () => {
    expect(openers(bundle)).toEqual([]);
  });

  it("reaches crypto libraries through protocol/public alone, and only to hash and verify", () => {
    const reached = bundle.packages.filter(({ name }) => cryptoPackage.test(name));
    expect(reached.filter(({ by }) => !by.startsWith("src/protocol/public/"))).toEqual([]);
    expect(reached.filter(({ name }) => !hashAndVerify.test(name))).toEqual([]);
  });

  it.each([
    ["a static import", 'import "../protocol/secret/planted-opener.ts";'],
    ["a re-export", 'export * from "../protocol/secret/planted-opener.ts";'],
    ["a dynamic import", 'void import("../protocol/secret/planted-opener.ts");'],
  ])("would be seen to hold an opener that came in by %s", async (_name, line) => {
    tree.plant(
      "src/protocol/secret/planted-opener.ts",
      'export const open = (sodium: { crypto_kem_xwing_dec: () => unknown }) => sodium.crypto_kem_xwing_dec();\nReflect.set(globalThis, "planted", open);\n',
    );
    tree.plant("src/server/planted-main.ts", `${line}\n`);
    const planted = await bundleOf(tree.folder, "src/server/planted-main.ts");
    expect(secretFiles(planted)).toEqual(["src/protocol/secret/planted-opener.ts"]);
    expect(openers(planted)).toEqual(["crypto_kem_xwing_dec"]);
  });
});
