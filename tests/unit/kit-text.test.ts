import { describe, expect, it } from "vitest";
import { createText } from "../../src/browser/kit/text.ts";

const texts = new Map([
  ["hello", "Hello {name}, {name}!"],
  ["days.one", "{count} day"],
  ["days.other", "{count} days"],
]);
const english = createText("en", texts);

describe("words on screen", () => {
  it("fill every placeholder", () => {
    expect(english.t("hello", { name: "Ana" })).toBe("Hello Ana, Ana!");
  });

  it("leave a placeholder that nobody filled", () => {
    expect(english.t("hello")).toBe("Hello {name}, {name}!");
  });

  it("never read a value as a placeholder of its own", () => {
    expect(english.t("hello", { name: "{count}" })).toBe("Hello {count}, {count}!");
  });

  it("take the plural the language has for a number", () => {
    expect([0, 1, 1200].map((count) => english.t("days", { count }))).toEqual([
      "0 days",
      "1 day",
      "1,200 days",
    ]);
    const arabic = createText(
      "ar",
      new Map([
        ["days.few", "few"],
        ["days.two", "two"],
      ]),
    );
    expect([2, 5].map((count) => arabic.t("days", { count }))).toEqual(["two", "few"]);
  });

  it("count days from 1970 in UTC", () => {
    expect(english.day(0)).toBe("January 1, 1970");
    expect(createText("fr", texts).day(20_000)).toBe("4 octobre 2024");
  });

  it("give sizes and times roughly", () => {
    expect([0, 999, 3_400_000, 2_147_483_648].map(english.bytes)).toEqual([
      "0 bytes",
      "999 bytes",
      "3.4 MB",
      "2.1 GB",
    ]);
    expect([1, 58, 61, 5400].map(english.duration)).toEqual([
      "5 seconds",
      "60 seconds",
      "2 minutes",
      "1.5 hours",
    ]);
  });
});
