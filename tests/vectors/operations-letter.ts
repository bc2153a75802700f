import { hex } from "../../src/protocol/public/bytes.ts";
import type {
  MessagingPublicKey,
  NewsroomId,
  StaticPublicKey,
} from "../../src/protocol/public/crypto.ts";
import { parseLetter } from "../../src/protocol/public/letter.ts";
import type { MessagingSeed, StaticPrivateKey } from "../../src/protocol/secret/crypto.ts";
import { parseHandover } from "../../src/protocol/secret/handover.ts";
import { parseKeyLetter } from "../../src/protocol/secret/key-letter.ts";
import { openLetter } from "../../src/protocol/secret/letter.ts";
import { parseShareLetter, parseShareReturn } from "../../src/protocol/secret/word-share.ts";
import type { Result } from "./case.ts";
import type { Operations } from "./operations.ts";

/** Bytes as hexadecimal; of a share its set id is enough, §19.1 has vectors of its own. */
const shown = (letter: object): Result =>
  Object.fromEntries(
    Object.entries(letter).map(([name, value]) => {
      if (value instanceof Uint8Array) return [name, hex(value)];
      return name === "share" ? [name, hex(value.setId)] : [name, value];
    }),
  );

/** Letters between members, and what they say. docs/protocol.md §15, §19.2. */
export const LETTER_OPERATIONS: Operations = {
  "open-letter": {
    yes: "opened",
    run: (crypto, inputs) => {
      const letter = parseLetter(inputs.bytes("letter"));
      const messagingSeed = inputs.bytes("messagingSeed") as MessagingSeed;
      const staticPrivate = inputs.bytes("staticPrivate") as StaticPrivateKey;
      const content = openLetter(crypto, letter, {
        newsroomId: inputs.bytes("newsroomId") as NewsroomId,
        reader: {
          memberNumber: inputs.number("memberNumber"),
          generation: letter.generation,
          period: letter.period,
          static: crypto.x25519PublicKey(staticPrivate) as StaticPublicKey,
          messaging: crypto.kemPublicKey(messagingSeed) as MessagingPublicKey,
        },
        messagingSeed,
        staticPrivate,
      });
      return (
        content && {
          senderStatic: hex(letter.senderStatic),
          subject: content.subject,
          content: hex(crypto.blake2b(32, content.bytes)),
        }
      );
    },
  },
  "key-letter": {
    yes: "valid",
    run: (_crypto, inputs) => {
      const { seed, holders } = parseKeyLetter(inputs.bytes("content"));
      return {
        seed: hex(seed),
        holders: holders.map(({ memberNumber, changes }) => [memberNumber, changes]),
      };
    },
  },
  handover: {
    yes: "valid",
    run: (_crypto, inputs) => {
      const { mailboxes, ...counts } = parseHandover(inputs.bytes("content"));
      return { ...counts, mailboxes: mailboxes.map(hex) };
    },
  },
  "share-letter": {
    yes: "valid",
    run: (_crypto, inputs) => shown(parseShareLetter(inputs.bytes("content"))),
  },
  "share-return": {
    yes: "valid",
    run: (_crypto, inputs) => shown(parseShareReturn(inputs.bytes("content"))),
  },
};
