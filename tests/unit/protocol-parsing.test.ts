import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFormerWraps, parseFormerWraps } from "../../src/protocol/public/archive-page.ts";
import {
  encodeBlock,
  encodeMailboxAnswer,
  parseBlock,
  parseMailboxAnswer,
} from "../../src/protocol/public/block.ts";
import { encodeBundle, parseBundle } from "../../src/protocol/public/bundle.ts";
import { base64url, concat, fromBase64url } from "../../src/protocol/public/bytes.ts";
import { encodeHeader, parseHeader } from "../../src/protocol/public/envelope.ts";
import { SealdropError } from "../../src/protocol/public/errors.ts";
import {
  encodeAnswer,
  encodeChallenge,
  parseAnswer,
  parseChallenge,
} from "../../src/protocol/public/mailbox.ts";
import {
  encodeMessagingKey,
  type MessagingKey,
  parseMessagingKey,
} from "../../src/protocol/public/messaging-key.ts";
import { encodeRoster, parseRoster } from "../../src/protocol/public/roster.ts";
import { encodeSettings, parseSettings } from "../../src/protocol/public/settings.ts";
import {
  encodeStatement,
  parseStatement,
  STATEMENT_KINDS,
  type Statement,
  type StatementKind,
} from "../../src/protocol/public/statement.ts";
import { encodeBody, parseBody } from "../../src/protocol/secret/body.ts";
import { encodeSummary, parseSummary } from "../../src/protocol/secret/summary.ts";
import * as shapes from "./protocol-shapes.ts";

type Structure<Value> = {
  readonly values: fc.Arbitrary<Value>;
  readonly encode: (value: Value) => Uint8Array;
  readonly parse: (bytes: Uint8Array) => Value;
};

const structure = <Value>(parts: Structure<Value>): Structure<unknown> =>
  parts as Structure<unknown>;

const statementOf = (bytes: Uint8Array): Statement => {
  const kinds = Object.keys(STATEMENT_KINDS) as StatementKind[];
  const kind = kinds.find((name) => STATEMENT_KINDS[name] === bytes[0]);
  return parseStatement(bytes, kind ?? "roster");
};

const STRUCTURES: Readonly<Record<string, Structure<unknown>>> = {
  statement: structure({ values: shapes.statements, encode: encodeStatement, parse: statementOf }),
  settings: structure({ values: shapes.settings, encode: encodeSettings, parse: parseSettings }),
  roster: structure({ values: shapes.rosters, encode: encodeRoster, parse: parseRoster }),
  "messaging key": structure({
    values: fc.tuple(shapes.messagingKeys, shapes.bytes(64)),
    encode: ([key, signature]) =>
      encodeStatement({ kind: "messaging-key", payload: encodeMessagingKey(key), signature }),
    parse: (bytes): [MessagingKey, Uint8Array] => [
      parseMessagingKey(bytes),
      parseStatement(bytes, "messaging-key").signature,
    ],
  }),
  bundle: structure({ values: shapes.bundles, encode: encodeBundle, parse: parseBundle }),
  header: structure({ values: shapes.headers, encode: encodeHeader, parse: parseHeader }),
  block: structure({ values: shapes.blocks, encode: encodeBlock, parse: parseBlock }),
  "former wraps": structure({
    values: shapes.formerWraps,
    encode: encodeFormerWraps,
    parse: parseFormerWraps,
  }),
  "mailbox answer": structure({
    values: shapes.mailboxAnswers,
    encode: encodeMailboxAnswer,
    parse: parseMailboxAnswer,
  }),
  challenge: structure({
    values: shapes.challenges,
    encode: encodeChallenge,
    parse: parseChallenge,
  }),
  "challenge answer": structure({
    values: shapes.answers,
    encode: encodeAnswer,
    parse: parseAnswer,
  }),
  summary: structure({ values: shapes.summaries, encode: encodeSummary, parse: parseSummary }),
  body: structure({ values: shapes.bodies, encode: encodeBody, parse: parseBody }),
};

/** The value, or null for the typed error; anything else fails the test. */
const parsed = (parse: (bytes: Uint8Array) => unknown, bytes: Uint8Array): unknown => {
  try {
    return parse(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(SealdropError);
    return null;
  }
};

const DAMAGES: readonly ((bytes: Uint8Array, at: number, byte: number) => Uint8Array)[] = [
  (bytes, at, byte) => Uint8Array.from(bytes, (old, index) => (index === at ? byte : old)),
  (bytes, at) => bytes.slice(0, at),
  (bytes, at) => concat([bytes.slice(0, at), bytes.slice(at + 1)]),
  (bytes, at, byte) => concat([bytes.slice(0, at), Uint8Array.of(byte), bytes.slice(at)]),
  (bytes, _at, byte) => concat([bytes, Uint8Array.of(byte)]),
  (bytes, at) => concat([bytes, new Uint8Array((at % 40) + 1)]),
  (bytes) => concat([bytes, new Uint8Array(bytes.length * 3)]),
];

describe.each(Object.entries(STRUCTURES))("a %s", (name, { values, encode, parse }) => {
  it("comes back from its bytes as it was", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(parse(encode(value))).toEqual(value);
      }),
      { numRuns: 60 },
    );
  });
  it("is refused, or is written the same again, after any one damage", () => {
    const damage = fc.tuple(fc.constantFrom(...DAMAGES), fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(values, fc.array(damage, { minLength: 1, maxLength: 12 }), (value, damages) => {
        const whole = encode(value);
        for (const [damaged, at, byte] of damages) {
          const bytes = damaged(whole, at % whole.length, byte);
          const read = parsed(parse, bytes);
          if (read !== null) expect(encode(read), name).toEqual(bytes);
        }
      }),
      { numRuns: 60 },
    );
  });
  it("never answers random bytes with anything but the typed error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(4), (bytes, start) => {
        parsed(parse, bytes);
        parsed(parse, concat([Uint8Array.of(start), bytes]));
      }),
    );
  });
});

describe("base64url", () => {
  it("comes back, and has one spelling", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(fromBase64url(base64url(bytes))).toEqual(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (text) => {
        const read = parsed(
          (bytes) => fromBase64url(new TextDecoder().decode(bytes)),
          new TextEncoder().encode(text),
        );
        if (read !== null) expect(base64url(read as Uint8Array)).toBe(text);
      }),
    );
  });
});
