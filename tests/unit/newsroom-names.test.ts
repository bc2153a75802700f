import { describe, expect, it } from "vitest";
import { ADJECTIVES } from "../../src/browser/newsroom/worker/reading/adjectives.ts";
import { BIRDS } from "../../src/browser/newsroom/worker/reading/birds.ts";
import { createBook } from "../../src/browser/newsroom/worker/reading/book.ts";
import { safeName, safeType } from "../../src/browser/newsroom/worker/reading/file-name.ts";
import type { Known } from "../../src/browser/newsroom/worker/reading/known.ts";
import { sourceName } from "../../src/browser/newsroom/worker/reading/source-name.ts";

describe("a source's name", () => {
  it("has 256 different first and 256 different second words", () => {
    expect([new Set(ADJECTIVES).size, new Set(BIRDS).size]).toEqual([256, 256]);
  });

  it("is the same for everybody who knows the mailbox id", () => {
    const id = Uint8Array.of(0, 255, 1, 2, 3);
    expect(sourceName(id)).toBe(`${ADJECTIVES[0]} ${BIRDS[255]}`);
  });

  const message = (mailbox: string): Known =>
    ({ key: mailbox, mailbox, arrival: 1, hash: "", opened: null }) as Partial<Known> as Known;

  it("gets a number only while two sources share it", () => {
    const book = createBook();
    const names = () => book.newestFirst().map((one) => book.name(one));
    book.add(message(`0001${"0a".repeat(14)}`));
    expect(names()[0]).toMatch(/^[a-z]+ [a-z]+$/);
    book.add(message(`0001${"0b".repeat(14)}`));
    expect(new Set(names()).size).toBe(2);
    expect(names().every((name) => /^[a-z]+ [a-z]+ \d+$/.test(name))).toBe(true);
  });
});

describe("a file's name", () => {
  it.each([
    ["report.pdf", "report.pdf"],
    ["../../etc/passwd", "_.._etc_passwd"],
    ["C:\\Windows\\a.dll", "C__Windows_a.dll"],
    ["\u202egpj.exe", "gpj.exe"],
    ["a\u0000b\nc.txt", "ab c.txt"],
    [".bashrc", "bashrc"],
    ["con.txt", "_con.txt"],
    ["trailing. . ", "trailing"],
    ["   ", "file"],
    ["", "file"],
    ["résumé 日本.txt", "résumé 日本.txt"],
  ])("%j is saved as %j", (given, wanted) => {
    expect(safeName(given)).toBe(wanted);
  });

  it("keeps its ending when it is cut", () => {
    expect(safeName(`${"x".repeat(250)}.pdf`)).toMatch(/^x{116}\.pdf$/);
  });

  it("has a type only when that is one", () => {
    expect([safeType("Image/PNG"), safeType("text/html; charset=x"), safeType("<b>")]).toEqual([
      "image/png",
      "",
      "",
    ]);
  });
});
