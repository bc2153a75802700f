import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinWords, splitWords } from "../../src/browser/newsroom/worker/word-shares/pieces.ts";
import {
  encodeSetRecord,
  parseSetRecord,
} from "../../src/browser/newsroom/worker/word-shares/set-record.ts";
import type { NewsroomId, StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import type { StaticPrivateKey } from "../../src/protocol/secret/crypto.ts";
import {
  drawRequest,
  openRecoveryAnswer,
  requestWords,
  sealRecoveryAnswer,
} from "../../src/protocol/secret/recovery-request.ts";
import {
  encodeShareLetter,
  encodeShareReturn,
  encodeWordShare,
  parseShareLetter,
  parseShareReturn,
  parseWordShare,
  rehearsalAnswer,
  rehearsalKey,
  type WordShare,
  wordCheck,
} from "../../src/protocol/secret/word-share.ts";
import { sodium as crypto } from "../vectors/backends.ts";

const newsroomId = crypto.random(32) as NewsroomId;
const world = { crypto, newsroomId };

const sharesOf = async (
  entropy: Uint8Array,
  { needed, count }: { readonly needed: number; readonly count: number },
): Promise<WordShare[]> => {
  const setId = crypto.random(16);
  const check = wordCheck(crypto, newsroomId, { setId, entropy });
  const pieces = await splitWords(entropy, { needed, count });
  const common = { words: "recovery", setId, owner: 1, serial: 1, needed, count, check } as const;
  return pieces.map((piece) => ({ ...common, piece }));
};

const entropy = crypto.random(32);

describe("words that were split", () => {
  it("come back from any of the shares that are enough, and from none that are fewer", async () => {
    const shares = await sharesOf(entropy, { needed: 3, count: 5 });
    for (let left = 0; left < 32; left++) {
      const some = shares.filter((_, index) => ((left >> index) & 1) === 1);
      expect(await joinWords(world, some)).toEqual(some.length < 3 ? null : entropy);
    }
  });

  it("come back although some holders give false pieces, of this set or of another", async () => {
    const shares = await sharesOf(entropy, { needed: 3, count: 6 });
    const others = await sharesOf(crypto.random(32), { needed: 3, count: 6 });
    const forged = shares
      .slice(0, 2)
      .map((share) => ({ ...share, piece: Uint8Array.from([...crypto.random(32), 7]) }));
    const twice = [shares[3], shares[3]].flatMap((one) => one ?? []);
    const given = [...others.slice(0, 2), ...forged, ...twice, ...shares.slice(4)];
    expect(await joinWords(world, given)).toEqual(entropy);
  });

  it.each([1, 7])("come back from 20 pieces of which the first %i are false", async (count) => {
    const shares = await sharesOf(entropy, { needed: 10, count: 20 });
    const given = shares.map((share, i) =>
      i < count ? { ...share, piece: Uint8Array.from([...crypto.random(32), i + 200]) } : share,
    );
    expect(await joinWords(world, given)).toEqual(entropy);
  });

  it("do not come back from as many pieces of which one is false", async () => {
    const [first, second, third] = await sharesOf(entropy, { needed: 3, count: 3 });
    if (first === undefined || second === undefined || third === undefined) throw new Error("few");
    const forged = { ...third, piece: Uint8Array.from([...crypto.random(32), 200]) };
    expect(await joinWords(world, [first, second, forged])).toBeNull();
  });
});

describe("a proof in a rehearsal", () => {
  it("fits one piece, one holder, one set and one question", async () => {
    const [share, other] = await sharesOf(entropy, { needed: 2, count: 2 });
    if (share === undefined || other === undefined) throw new Error("few");
    const nonce = crypto.random(32);
    const proof = (changed: Partial<WordShare & { holder: number }>, asked = nonce) => {
      const { setId, piece, holder } = { ...share, holder: 2, ...changed };
      const key = rehearsalKey(crypto, newsroomId, { setId, piece, holder });
      return Buffer.from(rehearsalAnswer(crypto, key, asked)).toString("hex");
    };
    const all = [
      proof({}),
      proof({ piece: other.piece }),
      proof({ holder: 3 }),
      proof({ setId: crypto.random(16) }),
      proof({}, crypto.random(32)),
    ];
    expect(new Set(all).size).toBe(5);
    expect(proof({})).toBe(all[0]);
  });
});

describe("bytes of shares and letters", () => {
  it("are read back as they were written, and nothing else is read", async () => {
    const [share] = await sharesOf(entropy, { needed: 2, count: 2 });
    if (share === undefined) throw new Error("none");
    expect(parseWordShare(encodeWordShare(share))).toEqual(share);
    const { setId } = share;
    const nonce = crypto.random(32);
    const letters = [
      { say: "keep", share },
      { say: "drop", setId },
      { say: "rehearse", setId, nonce },
      { say: "collect" },
    ] as const;
    for (const letter of letters) {
      expect(parseShareLetter(encodeShareLetter(letter))).toEqual(letter);
    }
    const returns = [
      { say: "rehearsed", setId, nonce, answer: crypto.random(32) },
      { say: "rehearsed", setId, nonce, answer: null },
      { say: "returned", share },
    ] as const;
    for (const letter of returns) {
      expect(parseShareReturn(encodeShareReturn(letter))).toEqual(letter);
    }
    const set = {
      setId,
      serial: 3,
      needed: 2,
      day: 20_700,
      mark: crypto.random(32),
      nonce,
      askedDay: 20_701,
      holders: [{ member: 2, rehearsalKey: crypto.random(32), proof: "right", day: 20_701 }],
      former: [{ setId: crypto.random(16), holders: [2, 3] }],
    } as const;
    expect(parseSetRecord(encodeSetRecord(set))).toEqual(set);
  });

  it("of any other form are refused by their code, never by a fault", () => {
    const codes = new Set<string>();
    const parsers = [parseWordShare, parseShareLetter, parseShareReturn, parseSetRecord];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(3), (bytes, which) => {
        try {
          parsers[which]?.(bytes);
        } catch (error) {
          codes.add(error instanceof Error ? error.message : "fault");
        }
      }),
      { numRuns: 2_000 },
    );
    expect([...codes]).toEqual(["bad-structure"]);
  });

  it("name no set that one holder alone could open", async () => {
    const [share] = await sharesOf(entropy, { needed: 2, count: 2 });
    if (share === undefined) throw new Error("none");
    for (const wrong of [{ needed: 1 }, { needed: 3 }, { count: 21 }]) {
      expect(() => parseWordShare(encodeWordShare({ ...share, ...wrong }))).toThrow();
    }
  });
});

describe("a colleague's answer", () => {
  const holderPrivate = crypto.random(32) as StaticPrivateKey;
  const own = {
    private: holderPrivate,
    public: crypto.x25519PublicKey(holderPrivate) as StaticPublicKey,
  };

  it("opens for whoever asked, from whom it is, and for nobody else", async () => {
    const [share] = await sharesOf(entropy, { needed: 2, count: 2 });
    if (share === undefined) throw new Error("none");
    const keys = drawRequest(crypto);
    const plan = { newsroomId, request: keys.public, holder: 4, own };
    const sealed = sealRecoveryAnswer(crypto, plan, share);
    const from = { newsroomId, holder: 4, holderStatic: own.public, sealed };
    expect(openRecoveryAnswer(crypto, keys, from)).toEqual(share);
    const otherStatic = crypto.x25519PublicKey(crypto.random(32)) as StaticPublicKey;
    const altered = sealed.slice();
    altered[1_150] = (altered[1_150] ?? 0) ^ 1;
    const wrong = [
      { ...from, holder: 5 },
      { ...from, holderStatic: otherStatic },
      { ...from, newsroomId: crypto.random(32) as NewsroomId },
      { ...from, sealed: altered },
      { ...from, sealed: sealed.subarray(0, 600) },
    ];
    for (const one of wrong) expect(openRecoveryAnswer(crypto, keys, one)).toBeNull();
    expect(openRecoveryAnswer(crypto, drawRequest(crypto), from)).toBeNull();
  });

  it("is sealed to no key that cannot be right", async () => {
    const [share] = await sharesOf(entropy, { needed: 2, count: 2 });
    if (share === undefined) throw new Error("none");
    const { xwing, x25519 } = drawRequest(crypto).public;
    const zero = new Uint8Array(32);
    for (const request of [
      { xwing, x25519: zero },
      { xwing: new Uint8Array(1_216).fill(255), x25519 },
    ]) {
      const plan = { newsroomId, request, holder: 4, own };
      expect(() => sealRecoveryAnswer(crypto, plan, share)).toThrow("no-reader");
    }
  });

  it("follows eight words that another key, name or newsroom would change", () => {
    const asked = {
      newsroomId,
      newsroomKey: crypto.random(32),
      userName: "ann",
      keys: drawRequest(crypto).public,
    } as Parameters<typeof requestWords>[1];
    const words = (changed: object) => requestWords(crypto, { ...asked, ...changed }).join(" ");
    const all = [
      words({}),
      words({ userName: "ben" }),
      words({ newsroomKey: crypto.random(32) }),
      words({ newsroomId: crypto.random(32) }),
      words({ keys: { ...asked.keys, x25519: crypto.random(32) } }),
      words({ keys: { ...asked.keys, xwing: crypto.random(1_216) } }),
    ];
    expect(new Set(all).size).toBe(6);
    expect(words({}).split(" ")).toHaveLength(8);
  });
});
