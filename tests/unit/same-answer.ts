import { expect } from "vitest";
import type { SecretCrypto } from "../../src/protocol/secret/crypto.ts";
import { noble, sodium, sumo } from "../vectors/backends.ts";

/** Asks all three; the answers must be equal, and are given once. */
export const sameAnswer = <Answer>(ask: (crypto: SecretCrypto) => Answer): Answer => {
  const answer = ask(sodium);
  expect(ask(noble)).toEqual(answer);
  expect(ask(sumo)).toEqual(answer);
  return answer;
};
