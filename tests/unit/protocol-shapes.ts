import fc from "fast-check";
import type { FormerWrap } from "../../src/protocol/public/archive-page.ts";
import { partCount } from "../../src/protocol/public/attachment.ts";
import type { Block, MailboxAnswer } from "../../src/protocol/public/block.ts";
import type { NewsroomBundle } from "../../src/protocol/public/bundle.ts";
import type { HeaderHash } from "../../src/protocol/public/crypto.ts";
import type { Header } from "../../src/protocol/public/envelope.ts";
import type { Challenge, ChallengeAnswer } from "../../src/protocol/public/mailbox.ts";
import type { MessagingKey } from "../../src/protocol/public/messaging-key.ts";
import { MEMBER_STATES, type Roster, type RosterEntry } from "../../src/protocol/public/roster.ts";
import type { Settings } from "../../src/protocol/public/settings.ts";
import {
  STATEMENT_KINDS,
  type Statement,
  type StatementKind,
} from "../../src/protocol/public/statement.ts";
import type { Body, FileEntry } from "../../src/protocol/secret/body.ts";
import { BODY_KINDS } from "../../src/protocol/secret/body.ts";
import type { Summary } from "../../src/protocol/secret/summary.ts";
import { sodium } from "../vectors/backends.ts";

/** Any value of each structure, for property tests. A key's role is cast here, where keys are made up. */

const role = <Key>(length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }) as unknown as fc.Arbitrary<Key>;
export const bytes = (length: number) => role<Uint8Array>(length);
const anyBytes = (most: number) => fc.uint8Array({ maxLength: most });
const u8 = fc.nat(255);
const u16 = fc.nat(65_535);
const u32 = fc.nat(0xffff_ffff);

/** Well-formed text of at most so many UTF-16 units, in any script. */
const text = (most: number, least = 0) =>
  fc
    .string({ unit: "binary", minLength: least, maxLength: most })
    .filter((value) => value.length <= most && value.length >= least);

const kinds = Object.keys(STATEMENT_KINDS) as StatementKind[];
export const statements: fc.Arbitrary<Statement> = fc.record({
  kind: fc.constantFrom(...kinds),
  payload: anyBytes(200),
  signature: bytes(64),
});

export const settings: fc.Arbitrary<Settings> = fc.record({
  newsroomName: text(80),
  pageTitle: text(80),
  words: fc
    .dictionary(text(35), text(100), { maxKeys: 5 })
    .map((said) => new Map(Object.entries(said))),
  otherContact: text(200),
  leavingPage: text(80).map((rest) => `https://${rest}`),
  pauseSentence: text(100),
  retentionDays: fc.integer({ min: 1, max: 3_650 }),
  longestAbsenceDays: fc.integer({ min: 30, max: 365 }),
  rosterDays: fc.integer({ min: 7, max: 90 }),
  sourceOrigins: fc.array(text(60), { maxLength: 8 }),
});

const entries: fc.Arbitrary<RosterEntry> = fc.record({
  memberNumber: u16,
  state: fc.constantFrom(...MEMBER_STATES),
  position: u8,
  generation: u32,
  identity: role(32),
  static: role(32),
  name: text(80, 1),
});

export const rosters: fc.Arbitrary<Roster> = fc.record({
  newsroomId: role(32),
  number: u32,
  previousHash: bytes(32),
  issuedDay: u32,
  validUntilDay: u32,
  settingsHash: bytes(32),
  entries: fc.array(entries, { maxLength: 5 }),
});

const kemKeys = bytes(32).map((seed) => sodium.kemPublicKey(seed)) as unknown as fc.Arbitrary<
  MessagingKey["key"]
>;

export const messagingKeys: fc.Arbitrary<MessagingKey> = fc.record({
  memberNumber: u16,
  generation: u32,
  period: u32,
  key: kemKeys,
});

export const bundles: fc.Arbitrary<NewsroomBundle> = fc.record({
  newsroomStatements: fc.array(anyBytes(50), { maxLength: 3 }),
  roster: anyBytes(100),
  settings: anyBytes(100),
  messagingKeys: fc.array(anyBytes(50), { maxLength: 3 }),
});

export const headers: fc.Arbitrary<Header> = fc.record({
  newsroomId: role(32),
  mailboxId: role(16),
  messageId: role(16),
  rosterNumber: u32,
  rosterHash: role(32),
  period: u32,
  bodyClass: fc.nat(4),
  commitment: bytes(32),
  deleteTokenHash: bytes(32),
  contentHash: bytes(32),
});

const own = fc.oneof(
  fc.constant(null),
  fc.record({ kind: fc.constant("slot" as const), bytes: bytes(1_216) }),
  fc.record({ kind: fc.constant("wrap" as const), bytes: bytes(108) }),
);

const arrival = {
  arrival: u32,
  day: u32,
  by: fc.constantFrom("source" as const, "newsroom" as const),
};

export const blocks: fc.Arbitrary<Block> = fc.record({
  rows: fc.array(
    fc.record({
      ...arrival,
      header: bytes(203),
      bodyHash: bytes(32),
      sealedSummary: bytes(528),
      own,
    }),
    { maxLength: 4 },
  ),
  more: fc.boolean(),
});

export const formerWraps: fc.Arbitrary<readonly FormerWrap[]> = fc.array(
  fc.record({
    arrival: u32,
    messageId: bytes(16),
    headerHash: bytes(32) as fc.Arbitrary<HeaderHash>,
    keyId: bytes(16),
    wrap: bytes(108),
  }),
  { maxLength: 4 },
);

export const mailboxAnswers: fc.Arbitrary<MailboxAnswer> = fc.record({
  rows: fc.array(
    fc.record({
      ...arrival,
      header: bytes(203),
      sealedSummary: bytes(528),
      sealedBody: anyBytes(300),
      slot: bytes(1_216),
    }),
    { maxLength: 4 },
  ),
  more: fc.boolean(),
});

export const challenges: fc.Arbitrary<Challenge> = fc.record({
  nonce: bytes(32),
  expires: u32,
  serverKey: bytes(32),
});

export const answers: fc.Arbitrary<ChallengeAnswer> = fc.record({
  nonce: bytes(32),
  expires: u32,
  mailbox: role(32),
  keysHash: bytes(32),
  mac: bytes(32),
});

const vouch = {
  mailbox: role<Summary["source"]["mailbox"]>(32),
  static: role<Summary["source"]["static"]>(32),
};

export const summaries: fc.Arbitrary<Summary> = fc.record({
  source: fc.record({ ...vouch, replyHash: bytes(32) }),
  firstLine: text(120),
  fileCount: fc.nat(1_000),
});

const files: fc.Arbitrary<FileEntry> = fc
  .record({
    uploadId: role<FileEntry["uploadId"]>(16),
    key: role<FileEntry["key"]>(32),
    name: text(255),
    type: text(100),
    length: fc.nat(2_147_483_648),
    cleaned: u8,
  })
  .map((file) => ({ ...file, partCount: partCount(file.length) }));

const nonZero = (length: number) =>
  role<Body["newest"][number]>(length).filter((hash) => hash.some((byte) => byte > 0));

export const bodies: fc.Arbitrary<Body> = fc.record({
  kind: fc.constantFrom(...BODY_KINDS),
  source: fc.record({ ...vouch, reply: role(1_216) }),
  readers: fc
    .uniqueArray(fc.integer({ min: 1, max: 40 }))
    .map((positions) => positions.sort((a, b) => a - b)),
  answers: fc.option(nonZero(32)),
  newest: fc.array(nonZero(32), { maxLength: 16 }),
  text: text(2_000),
  files: fc.array(files, { maxLength: 4 }),
});
