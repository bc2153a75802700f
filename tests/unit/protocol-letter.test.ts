import { describe, expect, it } from "vitest";
import { parseLetter } from "../../src/protocol/public/letter.ts";
import { type LetterReader, openLetter, sealLetter } from "../../src/protocol/secret/letter.ts";
import { paperNewsroom } from "../support/paper-newsroom.ts";
import { noble, sodium } from "../vectors/backends.ts";

const newsroom = paperNewsroom(sodium, { day: 20_700, names: ["Ada", "Bea", "Cas"] });
const [ada, bea, cas] = newsroom.journalists;
if (ada === undefined || bea === undefined || cas === undefined) throw new Error("nobody");
const { newsroomId, period } = newsroom;

const readerOf = (one: typeof bea): LetterReader => ({
  memberNumber: one.entry.memberNumber,
  generation: 0,
  period,
  static: one.entry.static,
  messaging: one.messaging,
});
const sender = { public: ada.entry.static, private: ada.staticPrivate };
const content = { subject: "history", bytes: new Uint8Array([1, 2, 3]) } as const;
const keysOf = (one: typeof bea) => ({
  newsroomId,
  reader: readerOf(one),
  messagingSeed: one.messagingSeed,
  staticPrivate: one.staticPrivate,
});
const seal = (crypto = sodium) =>
  sealLetter(crypto, { newsroomId, sender, reader: readerOf(bea) }, content);

describe("a letter", () => {
  it.each([
    ["libsodium", sodium, noble],
    ["noble", noble, sodium],
  ])("sealed by %s opens for its reader, with the other backend too", (_name, one, other) => {
    const letter = parseLetter(seal(one));
    for (const crypto of [one, other]) {
      expect(openLetter(crypto, letter, keysOf(bea))).toEqual(content);
    }
  });

  it("does not open for a colleague", () => {
    expect(openLetter(sodium, parseLetter(seal()), keysOf(cas))).toBe(null);
  });

  it("does not open as somebody else's who is named as its sender", () => {
    const letter = { ...parseLetter(seal()), senderStatic: cas.entry.static };
    expect(openLetter(sodium, letter, keysOf(bea))).toBe(null);
  });

  it.each([
    ["generation", 4],
    ["period", 8],
    ["sender", 20],
    ["ciphertext", 700],
    ["content", 1_300],
    ["tag", seal().length - 1],
  ])("does not open with another bit in its %s", (_field, at) => {
    const bytes = seal();
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const letter = parseLetter(bytes);
    const { generation, period: named } = letter;
    const reader = { ...readerOf(bea), generation, period: named };
    expect(openLetter(sodium, letter, { ...keysOf(bea), reader })).toBe(null);
  });

  it("has one of three lengths", () => {
    const lengths = [0, 1_000, 1_019, 1_020, 16_379, 16_380, 262_139].map((length) => {
      const bytes = new Uint8Array(length);
      return sealLetter(
        sodium,
        { newsroomId, sender, reader: readerOf(bea) },
        { ...content, bytes },
      ).length;
    });
    expect(new Set(lengths).size).toBe(3);
  });

  it("refuses what does not fit the largest", () => {
    const bytes = new Uint8Array(262_140);
    expect(() =>
      sealLetter(sodium, { newsroomId, sender, reader: readerOf(bea) }, { ...content, bytes }),
    ).toThrow("too-large");
  });

  it("is refused at another length", () => {
    expect(() => parseLetter(seal().subarray(1))).toThrow("bad-structure");
    expect(() => parseLetter(seal().slice(0, -1))).toThrow("bad-structure");
  });
});
