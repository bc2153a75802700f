import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromUtf8, hex, utf8 } from "../../src/protocol/public/bytes.ts";
import type { LogPublicKey, NewsroomId } from "../../src/protocol/public/crypto.ts";
import { SealdropError } from "../../src/protocol/public/errors.ts";
import {
  checkpointText,
  encodeNote,
  logNameOf,
  openCheckpoint,
  parseVerifierKey,
  verifierKey,
} from "../../src/protocol/public/log-checkpoint.ts";
import {
  consistencySpans,
  inclusionSpans,
  isConsistent,
  isIncluded,
  type Proof,
  placesOf,
  proofOf,
} from "../../src/protocol/public/log-proof.ts";
import {
  grow,
  leafHash,
  NO_PEAKS,
  type Peaks,
  rootOf,
} from "../../src/protocol/public/log-tree.ts";
import { logSigner } from "../../src/server/secrets/log-signing.ts";
import { noble, sodium } from "../vectors/backends.ts";

/** RFC 6962 §2.1 as it is written there, recursive and with Node's hash: nothing of ours. */
const sha = (...parts: readonly Uint8Array[]) =>
  createHash("sha256").update(Buffer.concat(parts)).digest();
const split = (length: number): number => {
  let power = 1;
  while (power * 2 < length) power *= 2;
  return power;
};
const naiveRoot = (leaves: readonly Uint8Array[]): Uint8Array => {
  const [only] = leaves;
  if (only === undefined) return sha();
  if (leaves.length === 1) return sha(Uint8Array.of(0), only);
  const middle = split(leaves.length);
  return sha(Uint8Array.of(1), naiveRoot(leaves.slice(0, middle)), naiveRoot(leaves.slice(middle)));
};
const naivePath = (index: number, leaves: readonly Uint8Array[]): Uint8Array[] => {
  if (leaves.length <= 1) return [];
  const middle = split(leaves.length);
  const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)];
  return index < middle
    ? [...naivePath(index, left), naiveRoot(right)]
    : [...naivePath(index - middle, right), naiveRoot(left)];
};
const naiveProof = (from: number, leaves: readonly Uint8Array[], whole = true): Uint8Array[] => {
  if (from === leaves.length) return whole ? [] : [naiveRoot(leaves)];
  const middle = split(leaves.length);
  const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)];
  return from <= middle
    ? [...naiveProof(from, left, whole), naiveRoot(right)]
    : [...naiveProof(from - middle, right, false), naiveRoot(left)];
};

/** The leaves of the eight-leaf tree that certificate transparency's own tests use, and its roots. */
const KNOWN_LEAVES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((text) => new Uint8Array(Buffer.from(text, "hex")));
const KNOWN_ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

const leavesOf = (count: number) => Array.from({ length: count }, (_, at) => utf8(`leaf ${at}`));

type Built = { readonly peaks: Peaks; readonly nodes: ReadonlyMap<string, Uint8Array> };
const build = (leaves: readonly Uint8Array[]): Built => {
  let peaks = NO_PEAKS;
  const nodes = new Map<string, Uint8Array>();
  for (const leaf of leaves) {
    const grown = grow(sodium, peaks, leafHash(sodium, leaf));
    peaks = grown.peaks;
    for (const { level, index, hash } of grown.nodes) nodes.set(`${level}:${index}`, hash);
  }
  return { peaks, nodes };
};

const MOST = 130;
const big = build(leavesOf(MOST));
const stored = ({ level, index }: { level: number; index: number }): Uint8Array =>
  big.nodes.get(`${level}:${index}`) ?? new Uint8Array(32);
const rootAt = (size: number) => rootOf(sodium, build(leavesOf(size)).peaks);
const roots = Array.from({ length: MOST + 1 }, (_, size) => rootAt(size));
const headAt = (size: number) => ({ size, root: roots[size] ?? new Uint8Array(32) });
const hexes = (proof: Proof) => proof.map(hex);

const sizes = fc
  .tuple(fc.integer({ min: 1, max: MOST }), fc.integer({ min: 1, max: MOST }))
  .map(([a, b]) => (a < b ? ([a, b] as const) : ([b, a] as const)));

describe("the tree", () => {
  it("has the roots that certificate transparency's known leaves give", () => {
    const got = KNOWN_ROOTS.map((_, size) =>
      hex(rootOf(sodium, build(KNOWN_LEAVES.slice(0, size)).peaks)),
    );
    expect(got).toEqual(KNOWN_ROOTS);
  });

  it("has the roots and proofs of RFC 6962's own recursive definition", () => {
    const leaves = leavesOf(MOST);
    for (let size = 0; size <= MOST; size++) {
      expect(hex(headAt(size).root)).toBe(hex(naiveRoot(leaves.slice(0, size))));
    }
    fc.assert(
      fc.property(sizes, ([from, to]) => {
        const some = leaves.slice(0, to);
        const path = proofOf(sodium, inclusionSpans(from - 1, to), stored);
        expect(hexes(path)).toEqual(hexes(naivePath(from - 1, some)));
        const proof = proofOf(sodium, consistencySpans(from, to), stored);
        expect(hexes(proof)).toEqual(hexes(naiveProof(from, some)));
      }),
    );
  });

  it("is read with two hashes a level at most for a proof", () => {
    for (let size = 1; size <= MOST; size++) {
      expect(placesOf(inclusionSpans(size - 1, size)).length).toBeLessThan(17);
      expect(placesOf(consistencySpans(size, MOST)).length).toBeLessThan(17);
    }
  });
});

describe("a proof", () => {
  it("holds for every leaf and every size, and for no other leaf, size, place or root", () => {
    fc.assert(
      fc.property(sizes, fc.nat(MOST), ([from, to], other) => {
        const index = from - 1;
        const leaf = leafHash(sodium, utf8(`leaf ${index}`));
        const proof = proofOf(sodium, inclusionSpans(index, to), stored);
        expect(isIncluded(sodium, { leaf, index, ...headAt(to) }, proof)).toBe(true);
        const wrong = leafHash(sodium, utf8("another"));
        expect(isIncluded(sodium, { leaf: wrong, index, ...headAt(to) }, proof)).toBe(false);
        if (other !== index) {
          expect(isIncluded(sodium, { leaf, index: other, ...headAt(to) }, proof)).toBe(false);
        }
        expect(isIncluded(sodium, { leaf, index, ...headAt(to) }, [...proof, leaf])).toBe(false);
        const lie = { leaf, index, size: to, root: headAt(to - 1).root };
        expect(isIncluded(sodium, lie, proof)).toBe(false);
      }),
    );
  });

  it("of consistency holds for any two sizes, and for no root of another tree", () => {
    fc.assert(
      fc.property(sizes, ([from, to]) => {
        const proof = proofOf(sodium, consistencySpans(from, to), stored);
        expect(isConsistent(sodium, [headAt(from), headAt(to)], proof)).toBe(true);
        const forked = { size: from, root: leafHash(sodium, utf8("forked")) };
        expect(isConsistent(sodium, [forked, headAt(to)], proof)).toBe(false);
        const other = { size: to, root: leafHash(sodium, utf8("forked")) };
        expect(isConsistent(sodium, [headAt(from), other], proof)).toBe(false);
        const long = [...proof, headAt(1).root];
        expect(isConsistent(sodium, [headAt(from), headAt(to)], long)).toBe(false);
        if (from < to) {
          expect(isConsistent(sodium, [headAt(to), headAt(from)], proof)).toBe(false);
          const short = proof.slice(0, -1);
          expect(isConsistent(sodium, [headAt(from), headAt(to)], short)).toBe(false);
        }
      }),
    );
  });

  it("of consistency finds one altered old leaf, wherever it stands", () => {
    for (let altered = 0; altered < 21; altered++) {
      const leaves = leavesOf(21).map((leaf, at) => (at === altered ? utf8("altered") : leaf));
      const forked = build(leaves);
      const get = ({ level, index }: { level: number; index: number }) =>
        forked.nodes.get(`${level}:${index}`) ?? new Uint8Array(32);
      const newer = { size: 21, root: rootOf(sodium, forked.peaks) };
      const proof = proofOf(sodium, consistencySpans(21, 21), get);
      expect(isConsistent(sodium, [headAt(21), newer], proof)).toBe(false);
      const from = altered + 1;
      const shorter = proofOf(sodium, consistencySpans(from, 21), get);
      expect(isConsistent(sodium, [headAt(from), newer], shorter)).toBe(false);
    }
  });
});

const newsroomId = new Uint8Array(32).fill(7) as NewsroomId;
const name = logNameOf(newsroomId);
const signer = logSigner(new Uint8Array(32).fill(9));
const log = { name, key: signer.key };
const noteOf = (text: Uint8Array, by = signer): Uint8Array =>
  encodeNote(sodium, { name, key: by.key }, { text, signature: by.sign(text) });
const good = noteOf(checkpointText(name, headAt(42)));

describe("a checkpoint", () => {
  it.each([
    ["libsodium", sodium],
    ["noble", noble],
  ])("signed by the server is opened by %s", (_name, crypto) => {
    expect(openCheckpoint(crypto, good, log)).toEqual(headAt(42));
  });

  it("is the signed-note text that other tools read", () => {
    const [origin, size, root, empty, signature, end] = fromUtf8(good).split("\n");
    expect([origin, size, empty, end]).toEqual([name, "42", "", ""]);
    expect(root).toBe(Buffer.from(headAt(42).root).toString("base64"));
    const [dash, by, encoded] = (signature ?? "").split(" ");
    expect([dash, by]).toEqual(["—", name]);
    const bytes = Buffer.from(encoded ?? "", "base64");
    const keyId = sha(utf8(name), Uint8Array.of(0x0a, 0x01), log.key).subarray(0, 4);
    expect(bytes.subarray(0, 4).equals(keyId)).toBe(true);
    expect(bytes).toHaveLength(68);
  });

  it("may carry the signatures of outside witnesses beside its own", () => {
    const cosigned = concat([good, utf8(`— witness.example ${"A".repeat(92)}\n`)]);
    expect(openCheckpoint(sodium, cosigned, log)).toEqual(headAt(42));
  });

  const text = fromUtf8(good);
  it.each([
    ["another size", text.replace("\n42\n", "\n43\n")],
    ["another log's name", text.replaceAll(name, `${name}x`)],
    ["no signature", text.slice(0, text.indexOf("—"))],
    [
      "another log's signature only",
      fromUtf8(noteOf(checkpointText(name, headAt(42)), logSigner(new Uint8Array(32)))),
    ],
    ["too many lines of signatures", text + `— a ${"A".repeat(92)}\n`.repeat(16)],
    ["more than a note may hold", `${text}— a ${"A".repeat(4092)}\n`],
    [
      "a signed size with a leading zero",
      fromUtf8(noteOf(utf8(`${name}\n042\n${"A".repeat(43)}=\n`))),
    ],
    ["a signed root that is too short", fromUtf8(noteOf(utf8(`${name}\n42\n${"A".repeat(40)}\n`)))],
    [
      "a signed line more",
      fromUtf8(noteOf(concat([checkpointText(name, headAt(42)), utf8("more\n")]))),
    ],
    ["a line end that is missing", text.slice(0, -1)],
    ["nothing", ""],
  ])("with %s is refused", (_what, note) => {
    expect(() => openCheckpoint(sodium, utf8(note), log)).toThrow(SealdropError);
  });

  it("comes with a verifier key that names log and key", () => {
    const text = verifierKey(sodium, log);
    expect(parseVerifierKey(sodium, text)).toEqual(log);
    expect(() => parseVerifierKey(sodium, text.replace("+", "+0"))).toThrow(SealdropError);
    const other = verifierKey(sodium, { name, key: new Uint8Array(32) as LogPublicKey });
    const mixed = `${text.split("+").slice(0, 2).join("+")}+${other.split("+").slice(2).join("+")}`;
    expect(() => parseVerifierKey(sodium, mixed)).toThrow(SealdropError);
  });
});
