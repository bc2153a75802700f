import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";
import { serveCalls } from "../../kit/worker-rpc.ts";

/**
 * Passphrases: offers random words and rates one's own. A worker of its own because its word lists weigh more
 * than the rest of the app, and only set-up, joining and changing a passphrase need them.
 */

const meter = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: 128 });

/** The EFF's large list for dice: 7,776 words, 12.9 bits each. */
const words: readonly string[] = dictionary["diceware-common"];

/** Uniform below `limit` (at most 65,536) by rejection: a remainder alone would favour the list's start. */
const below = (limit: number): number => {
  const most = 65_536 - (65_536 % limit);
  const draw = new Uint16Array(1);
  do globalThis.crypto.getRandomValues(draw);
  while ((draw[0] ?? 0) >= most);
  return (draw[0] ?? 0) % limit;
};

type RateInput = { readonly passphrase: string; readonly context: readonly string[] };

const functions = {
  /** Six words are 77 bits. */
  suggest: (): string =>
    Array.from({ length: 6 }, () => words[below(words.length)] ?? "").join(" "),
  /** 0 to 4 as zxcvbn counts; `context` are words an attacker would try first (names). */
  rate: ({ passphrase, context }: RateInput): number => meter.check(passphrase, [...context]).score,
};

export type StrengthWorker = typeof functions;

serveCalls(functions);
