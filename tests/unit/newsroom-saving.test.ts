import { afterEach, describe, expect, it, vi } from "vitest";
import { needsWarning, wayFor } from "../../src/browser/newsroom/inbox/save-file.ts";

const MIB = 1_048_576;
const BIG = 200_000_001;

/** What a browser offers: Chromium has a picker, Firefox a service worker, a private window of some browsers neither. */
const browserWith = (has: { readonly picker?: true; readonly serviceWorker?: true }): void => {
  vi.stubGlobal("showSaveFilePicker", has.picker ? () => undefined : undefined);
  vi.stubGlobal("navigator", has.serviceWorker ? { serviceWorker: {} } : {});
};

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a decrypted file", () => {
  it("goes through memory only while it is small, where there is another way", () => {
    browserWith({ picker: true });
    expect([wayFor(32 * MIB), wayFor(32 * MIB + 1)]).toEqual(["memory", "picker"]);
    browserWith({ serviceWorker: true });
    expect([wayFor(32 * MIB), wayFor(32 * MIB + 1)]).toEqual(["memory", "stream"]);
  });

  it("above 200 MB is warned of before it starts, where memory is the only way", () => {
    browserWith({});
    expect([wayFor(BIG), needsWarning(BIG), needsWarning(BIG - 1)]).toEqual([
      "memory",
      true,
      false,
    ]);
  });

  it("is not warned of where it never stands in memory as a whole", () => {
    browserWith({ picker: true });
    expect(needsWarning(BIG)).toBe(false);
    browserWith({ serviceWorker: true });
    expect(needsWarning(BIG)).toBe(false);
  });
});
