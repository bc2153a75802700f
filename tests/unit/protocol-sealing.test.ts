import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex } from "../../src/protocol/public/bytes.ts";
import type { UploadId } from "../../src/protocol/public/crypto.ts";
import { parseMessage } from "../../src/protocol/public/envelope.ts";
import { BODY_CLASSES, KEM_CIPHERTEXT, SLOT } from "../../src/protocol/public/limits.ts";
import { bodyClassOf, contentLength, type FileEntry } from "../../src/protocol/secret/body.ts";
import { openBody } from "../../src/protocol/secret/content.ts";
import type { FileKey } from "../../src/protocol/secret/crypto.ts";
import { openSlot } from "../../src/protocol/secret/slot.ts";
import { paperNewsroom, paperSource, sealTip, slotTry } from "../support/paper-newsroom.ts";
import { noble, seeded, sodium } from "../vectors/backends.ts";

const NAMES = ["Ada", "Bea", "Cem", "Dov", "Eli"];
const crypto = seeded(sodium, "sealing");
const newsroom = paperNewsroom(crypto, { day: 20_700, names: NAMES });
const source = paperSource(crypto, newsroom);

const positions = fc.uniqueArray(fc.integer({ min: 1, max: NAMES.length }), { minLength: 1 });
const few = { numRuns: 25 };

const file: FileEntry = {
  uploadId: new Uint8Array(16).fill(1) as UploadId,
  key: new Uint8Array(32).fill(2) as FileKey,
  name: "a.txt",
  type: "text/plain",
  length: 5,
  partCount: 1,
  cleaned: 0,
};

/** Positions whose reader opens the message, tried with the other backend than the one that sealed. */
const openers = (bytes: Uint8Array): readonly number[] => {
  const { slots, headerBytes } = parseMessage(noble, bytes);
  return newsroom.journalists
    .filter((journalist) => {
      const slot = slots[journalist.entry.position] ?? new Uint8Array(0);
      return openSlot(noble, slot, slotTry(journalist, headerBytes)) !== null;
    })
    .map((journalist) => journalist.entry.position);
};

describe("a sealed message", () => {
  it("is as long as any other of its class, whoever is addressed and whatever it says", () => {
    const shape = {
      addressed: positions,
      sealToSource: fc.boolean(),
      text: fc.string({ maxLength: 600 }),
      files: fc.integer({ min: 0, max: 5 }),
    };
    const lengthOf = (body: {
      addressed: number[];
      sealToSource: boolean;
      text: string;
      files: number;
    }) =>
      sealTip(crypto, newsroom, {
        ...body,
        source,
        files: Array.from({ length: body.files }, () => file),
      }).bytes.length;
    fc.assert(
      fc.property(fc.record(shape), fc.record(shape), (one, other) => {
        expect(lengthOf(one)).toBe(lengthOf(other));
        expect(lengthOf(one)).toBe(203 + 528 + 4_096 + 16 + (NAMES.length + 1) * SLOT);
      }),
      few,
    );
  });
  it("opens for the addressed and for nobody else, on the other backend too", () => {
    fc.assert(
      fc.property(positions, fc.boolean(), (addressed, sealToSource) => {
        const { bytes, readers } = sealTip(crypto, newsroom, {
          source,
          addressed,
          text: "x",
          sealToSource,
        });
        const expected = [...addressed].sort((a, b) => a - b);
        expect(readers).toEqual(expected);
        expect(openers(bytes)).toEqual(expected);
      }),
      few,
    );
  });
  it("shows a decoy only to whoever holds the key: its encapsulation is a true one", () => {
    const { bytes } = sealTip(crypto, newsroom, { source, addressed: [1], text: "x" });
    const { slots } = parseMessage(crypto, bytes);
    for (const journalist of newsroom.journalists) {
      const slot = slots[journalist.entry.position] ?? new Uint8Array(0);
      const ciphertext = slot.subarray(0, KEM_CIPHERTEXT);
      expect(crypto.kemDecapsulate(ciphertext, journalist.messagingSeed)).not.toBeNull();
    }
    expect(
      crypto.kemDecapsulate((slots[0] ?? bytes).subarray(0, KEM_CIPHERTEXT), source.replySeed),
    ).not.toBeNull();
  });
  it("shares no 32 bytes with the same message sealed again, but ids, roster and the source's mailbox", () => {
    const seal = () =>
      sealTip(crypto, newsroom, { source, addressed: [1, 2], text: "the same" }).bytes;
    const [one, other] = [seal(), seal()];
    const pieces = (bytes: Uint8Array) =>
      Array.from({ length: Math.floor((bytes.length - 107) / 32) }, (_, i) =>
        hex(bytes.slice(107 + i * 32, 139 + i * 32)),
      );
    const seen = new Set(pieces(one));
    expect(pieces(other).filter((piece) => seen.has(piece))).toEqual([]);
  });
});

describe("the room in a message", () => {
  it("is what contentLength says, up to the last byte of every class", () => {
    const empty = contentLength({ text: "", files: [] });
    for (const [bodyClass, size] of BODY_CLASSES.entries()) {
      expect(bodyClassOf(contentLength({ text: "a".repeat(size - empty), files: [] }))).toBe(
        bodyClass,
      );
    }
    expect(() => bodyClassOf(1_048_577)).toThrow("message-too-long");
  });
  it("holds the last byte, and refuses one more before anything is sealed", () => {
    const room = 1_048_576 - contentLength({ text: "", files: [] });
    const text = "a".repeat(room);
    const { bytes, contentKey, headerBytes } = sealTip(crypto, newsroom, {
      source,
      addressed: [1],
      text,
    });
    const body = openBody(noble, { contentKey, headerBytes }, parseMessage(noble, bytes));
    expect(body.text === text).toBe(true);
    expect(() => sealTip(crypto, newsroom, { source, addressed: [1], text: `${text}a` })).toThrow(
      "message-too-long",
    );
  });
  it("holds a thousand files with long names", () => {
    const files = Array.from({ length: 1_000 }, () => ({
      ...file,
      name: "é".repeat(255),
      type: "a".repeat(100),
    }));
    const { bytes, contentKey, headerBytes } = sealTip(crypto, newsroom, {
      source,
      addressed: [1],
      text: "",
      files,
    });
    expect(
      openBody(noble, { contentKey, headerBytes }, parseMessage(noble, bytes)).files.length,
    ).toBe(1_000);
  });
  it("has no place for a name that no reader would accept", () => {
    const long = { ...file, name: "é".repeat(511) };
    expect(() =>
      sealTip(crypto, newsroom, { source, addressed: [1], text: "", files: [long] }),
    ).toThrow("bad-structure");
  });
});

describe("whom a source can reach", () => {
  it("leaves out who has no key, and says so when nobody is left", () => {
    const [first, ...rest] = newsroom.journalists;
    if (first === undefined) throw new Error("nobody");
    const silent = {
      ...newsroom,
      journalists: [{ ...first, messagingStatement: new Uint8Array(0) }, ...rest],
    };
    const { readers, bytes } = sealTip(crypto, silent, { source, addressed: [1, 2], text: "x" });
    expect(readers).toEqual([2]);
    expect(openers(bytes)).toEqual([2]);
    expect(() => sealTip(crypto, silent, { source, addressed: [1], text: "x" })).toThrow(
      "no-reader",
    );
    expect(() => sealTip(crypto, silent, { source, addressed: [], text: "x" })).toThrow(
      "no-reader",
    );
  });
});
