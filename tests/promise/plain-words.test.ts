import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

const read = (folder: string, ending: RegExp): readonly (readonly [string, string])[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => ending.test(file))
    .map((file) => [file, readFileSync(join(root, folder, file), "utf8")]);

/** Words that promise what nobody can keep, in the languages of the catalogues. */
const boasts =
  /100\s?%|\banonym|\bmilitary|\bunbreakable|\buncrackable|\bbulletproof|\babsolutely|\bguarantee|\bmilitaire|\binviolable|\bgaranti|مجهول|عسكري/i;

/** Words of the trade that a frightened reader should not have to know. */
const jargon = /\b(?:encrypt|passphrase|metadata|server|cipher|plaintext|upload)/i;

describe("the words that a source reads", () => {
  it.each(read("views/locales", /^source\..*\.json$/))("%s boasts of nothing", (_file, text) => {
    expect(text.match(boasts)?.[0]).toBeUndefined();
  });

  it("use no jargon in English", () => {
    const catalogue = JSON.parse(readFileSync(join(root, "views/locales/source.en.json"), "utf8"));
    const sentences: string[] = [];
    JSON.stringify(catalogue, (_key, value) => {
      if (typeof value === "string") sentences.push(value);
      return value;
    });
    expect(sentences.filter((sentence) => jargon.test(sentence))).toEqual([]);
    expect(sentences.length).toBeGreaterThan(100);
  });
});

describe("the code of the source's page", () => {
  it("never asks which browser this is, and paints on no canvas", () => {
    const sniffing =
      /\b(?:userAgent|userAgentData|appVersion|navigator\.platform|getContext|OffscreenCanvas)\b/;
    const found = read("src/browser", /\.ts$/).filter(([, text]) => sniffing.test(text));
    expect(found.map(([file]) => file)).toEqual([]);
  });

  it("opens no second line: no socket, no beacon, no event stream", () => {
    const lines =
      /\b(?:WebSocket|EventSource|sendBeacon|RTCPeerConnection|importScripts|WebTransport)\b/;
    const found = read("src/browser/source", /\.ts$/).filter(([, text]) => lines.test(text));
    expect(found.map(([file]) => file)).toEqual([]);
  });
});
