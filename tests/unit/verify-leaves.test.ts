import { describe, expect, it } from "vitest";
import { readLeaves } from "../../src/cli/leaves.ts";
import { fingerprintRow } from "../../src/cli/log.ts";
import { base64url } from "../../src/protocol/public/bytes.ts";
import {
  type NewsroomKeys,
  newestEra,
  openNewsroomKeys,
} from "../../src/protocol/public/newsroom-keys.ts";
import { fingerprintWords } from "../../src/protocol/public/words.ts";
import type { NewsroomSeed } from "../../src/protocol/secret/crypto.ts";
import {
  commitToNext,
  seedOfNewsroomWords,
  signRoster,
  signRotation,
} from "../../src/protocol/secret/sign.ts";
import { paperNewsroom } from "../support/paper-newsroom.ts";
import { sumo as crypto } from "../vectors/backends.ts";

const DAY = 20_700;

/** A newsroom that changed its key behind its first list of journalists. */
const makeLog = () => {
  const newsroom = paperNewsroom(crypto, { day: DAY, names: ["Ada"] });
  const { newsroomId, created, rosterBytes, roster } = newsroom;
  const seed = seedOfNewsroomWords(crypto, newsroom.words);
  const rotate = (): Uint8Array =>
    signRotation(crypto, {
      newsroomId,
      ordinal: 1,
      formerSeed: newsroom.seed,
      seed,
      nextCommitment: commitToNext(crypto, crypto.random(32)),
      afterRoster: 1,
      day: DAY,
    });
  const second = (by: NewsroomSeed): Uint8Array =>
    signRoster(crypto, { ...roster, number: 2, previousHash: roster.hash }, by);
  return { newsroom, created, rosterBytes, rotation: rotate(), rotate, second, seed };
};

describe("the log of a newsroom that changed its key, read from outside", () => {
  it("fits, each list under the key of its number", () => {
    const { created, rosterBytes, rotation, second, seed } = makeLog();
    const leaves = [created, rosterBytes, rotation, second(seed)];
    const tally = readLeaves(crypto, [created, rotation], leaves);
    expect([tally.newsroom, tally.rosters.length, tally.contradictions]).toEqual([2, 2, 0]);
  });

  it("does not fit with a list of the former key behind the change", () => {
    const { newsroom, created, rosterBytes, rotation, second } = makeLog();
    const leaves = [created, rosterBytes, rotation, second(newsroom.seed)];
    expect(() => readLeaves(crypto, [created, rotation], leaves)).toThrow("bad-signature");
  });

  it("contradicts an answer that holds another change in its place, or leaves it out", () => {
    const { created, rosterBytes, rotation, rotate, second, seed } = makeLog();
    const leaves = [created, rosterBytes, rotation, second(seed)];
    expect(readLeaves(crypto, [created, rotate()], leaves).contradictions).toBe(1);
    const held = [created, rosterBytes, rotation];
    expect(readLeaves(crypto, [created], held).contradictions).toBe(1);
  });
});

describe("a fingerprint held against the newsroom's keys from outside", () => {
  const keysAfter = (stolen: boolean) => {
    const { newsroom, created } = makeLog();
    const { newsroomId } = newsroom;
    const seed = seedOfNewsroomWords(crypto, newsroom.words);
    const change = signRotation(crypto, {
      newsroomId,
      ordinal: 1,
      formerSeed: stolen ? null : newsroom.seed,
      seed,
      nextCommitment: commitToNext(crypto, crypto.random(32)),
      afterRoster: 1,
      day: DAY,
    });
    const keys = openNewsroomKeys(crypto, [created, change]);
    return { keys, former: newsroom.key, newest: newestEra(keys).key };
  };
  const verdict = (keys: NewsroomKeys, fingerprint: string) =>
    fingerprintRow(crypto, keys, fingerprint).verdict;

  it("fits as the newest key, in either spelling", () => {
    const { keys, newest } = keysAfter(false);
    const words = fingerprintWords(crypto, newest);
    const spelt = [base64url(newest), words.join(" "), words.join("-").toUpperCase()];
    expect(spelt.map((one) => verdict(keys, one))).toEqual(["right", "right", "right"]);
  });

  it("fits as a former key, so that a link in print outlives a change", () => {
    const { keys, former } = keysAfter(false);
    expect(fingerprintRow(crypto, keys, base64url(former))).toMatchObject({
      verdict: "right",
      detail: expect.stringContaining("a former key"),
    });
  });

  it("does not fit as a key that was given up as stolen, nor as any other", () => {
    const { keys, former } = keysAfter(true);
    const stranger = base64url(crypto.random(32));
    expect([base64url(former), stranger].map((one) => verdict(keys, one))).toEqual([
      "DIFFERS",
      "DIFFERS",
    ]);
  });
});
