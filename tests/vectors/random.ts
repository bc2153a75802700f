import { blake2b } from "@noble/hashes/blake2.js";
import type { Random } from "../../src/protocol/public/backend.ts";
import { concat, u32, utf8 } from "../../src/protocol/public/bytes.ts";

/** Random bytes that come out the same every time: BLAKE2b of a seed and a counter. For vectors and tests only. */
export const repeatableRandom = (seed: string): Random => {
  let counter = 0;
  let rest = new Uint8Array(0);
  return (length) => {
    while (rest.length < length) {
      rest = concat([
        rest,
        blake2b(concat([utf8(seed), u32(counter++)])),
      ]) as Uint8Array<ArrayBuffer>;
    }
    const taken = rest.slice(0, length);
    rest = rest.slice(length);
    return taken;
  };
};
