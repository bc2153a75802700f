import { describe, expect, it } from "vitest";
import { wordsOf } from "../../src/browser/newsroom/pieces/words.ts";
import { placeOf } from "../../src/browser/newsroom/shell/fragment.ts";
import { placed } from "../../src/browser/newsroom/worker/newsroom-key.ts";
import { secondFactor } from "../../src/browser/newsroom/worker/second-factor.ts";
import { base64url, utf8 } from "../../src/protocol/public/bytes.ts";
import type { RosterEntry } from "../../src/protocol/public/roster.ts";
import { newsroom } from "../support/paper-desk.ts";

const secret = new Uint8Array(32).fill(5);

describe("the newsroom page's address", () => {
  it("leads to set-up and to joining with their secrets", () => {
    expect([placeOf(`#setup=${base64url(secret)}`), placeOf(`#join=${base64url(secret)}`)]).toEqual(
      [
        { at: "set-up", token: secret },
        { at: "join", secret },
      ],
    );
  });

  it("with a damaged secret is said to be damaged, not taken for an ordinary visit", () => {
    expect([placeOf("#setup=abc"), placeOf(`#join=${base64url(secret)}!`)]).toEqual([
      { at: "stopped", code: "setup-link-void" },
      { at: "stopped", code: "invite-void" },
    ]);
  });

  it("without a link is an ordinary visit", () => {
    expect([placeOf(""), placeOf("#news")]).toEqual([{ at: "start" }, { at: "start" }]);
  });
});

describe("recovery words", () => {
  it("are read in any case and spacing", () => {
    expect(wordsOf("  Zoo\n wrist,wren ")).toEqual(["zoo", "wrist", "wren"]);
  });
});

describe("the second factor", () => {
  it("is written in base32 as RFC 4648 has it", () => {
    const { secret: text } = secondFactor(utf8("12345678901234567890"), "ada");
    expect(text).toBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  });

  it("names the account in the address that apps scan", () => {
    const { uri } = secondFactor(utf8("12345678901234567890"), "ada");
    expect(new URL(uri).searchParams.get("issuer")).toBe("Sealdrop");
  });
});

describe("positions in the next list", () => {
  it("keep their order, close the gap of who left and put a newcomer last", () => {
    const [ada, bea, cem] = newsroom.roster.entries as [RosterEntry, RosterEntry, RosterEntry];
    const newcomer = { ...ada, memberNumber: 4, position: 4 };
    const left = { ...ada, state: "left" as const, position: 0 };
    expect(placed([left, bea, cem, newcomer]).map(({ position }) => position)).toEqual([
      0, 1, 2, 3,
    ]);
  });
});
