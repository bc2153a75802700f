import { describe, expect, it } from "vitest";
import { readFragment } from "../../src/browser/source/fragment.ts";
import { findHost, onionOf } from "../../src/browser/source/host.ts";
import { charactersLeft } from "../../src/browser/source/message-field.ts";
import { checkWords } from "../../src/browser/source/worker/words.ts";

const origins = ["https://tips.example", "http://abcdefgh.onion"];
const at = (origin: string) => findHost({ origin, host: new URL(origin).host }, origins);

describe("the address bar", () => {
  it("holds a newsroom key or none", () => {
    expect(readFragment("").fingerprint).toBeNull();
    expect(readFragment(`#${"_".repeat(42)}8`).fingerprint).toEqual(new Uint8Array(32).fill(255));
  });

  it("with a damaged key is not as if there were none", () => {
    for (const hash of ["#abc", "#?", `#${"A".repeat(60)}`]) {
      expect(readFragment(hash).fingerprint).toEqual(new Uint8Array(32));
    }
  });
});

describe("the host", () => {
  it("is own only when the newsroom signed it", () => {
    expect(origins.map(at)).toEqual(["own", "own"]);
    expect(at("http://tips.example")).toBe("copy");
    expect(at("https://tips.example:8443")).toBe("copy");
  });

  it("that reads an onion service aloud is a proxy", () => {
    expect(at("https://abcdefgh.onion.example")).toBe("proxy");
    expect(at("https://other.onion.pet")).toBe("proxy");
  });

  it("is not judged before the newsroom has named one", () => {
    expect(findHost({ origin: "http://127.0.0.1:3000", host: "127.0.0.1:3000" }, [])).toBe("own");
  });

  it("has an onion address to show when one was signed", () => {
    expect(onionOf(origins)).toBe("http://abcdefgh.onion");
    expect(onionOf(["https://tips.example"])).toBeNull();
  });
});

describe("room in a message", () => {
  it("is counted in characters, and in sealed bytes where those run out first", () => {
    expect(charactersLeft("x".repeat(250_000), [])).toBe(0);
    expect(charactersLeft("x".repeat(250_001), [])).toBe(-1);
    const names = Array.from({ length: 1000 }, () => new File([], "n".repeat(255)));
    expect(charactersLeft("ح".repeat(250_000), names)).toBe(0);
    expect(charactersLeft("文".repeat(250_000), names)).toBeLessThan(0);
  });
});

describe("the words of a codename", () => {
  it("are known in any case, spacing and from four letters", () => {
    const { words } = checkWords("  ABANDON,zoo\n aban");
    expect(words.map((word) => word.word)).toEqual(["abandon", "zoo", "abandon"]);
  });

  it("that are not on the list are named", () => {
    expect(checkWords("zoo zzzz zoo").words[1]).toEqual({ typed: "zzzz", word: null });
  });

  it("are completed while they are typed", () => {
    expect(checkWords("zoo aba")).toMatchObject({ suggestions: ["abandon"], unfinished: true });
    expect(checkWords("zoo a")).toMatchObject({ suggestions: [], unfinished: true });
    expect(checkWords("zoo aba ")).toMatchObject({ suggestions: [], unfinished: false });
  });
});
