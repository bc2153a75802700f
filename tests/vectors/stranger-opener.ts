// An opener written from docs/protocol.md and tests/vectors/README.md alone: nothing of src/ is imported here.
import { ml_kem768_x25519 as xWing } from "@noble/post-quantum/hybrid.js";
import {
  aeadOpen,
  agree,
  attempt,
  D,
  type Given,
  H,
  hexOf,
  type Json,
  join,
  label,
  mailboxIdOf,
  NONE,
  plainHash,
  reading,
  refuse,
  same,
  u8,
  verifies,
  ZERO_NONCE,
} from "./stranger.ts";

/** §4, §5: static keys of a roster that verifies, by member number and state. */
const rosterOf = (input: Given) => {
  const statement = reading(input.bytes("roster"));
  if (statement.number(1) !== 3) refuse("bad-structure");
  const payload = statement.sized();
  const signature = statement.take(64);
  statement.end();
  const signed = label("roster", input.bytes("newsroomId"), payload);
  if (!verifies(signature, signed, input.bytes("newsroomKey"))) refuse("bad-signature");
  const roster = reading(payload);
  roster.take(1 + 32 + 4 + 32 + 4 + 4 + 32);
  return Array.from({ length: roster.number(2) }, () => {
    const [memberNumber, state] = [roster.number(2), roster.number(1)];
    roster.take(1 + 4 + 32);
    const staticKey = roster.take(32);
    return { memberNumber, state, staticKey, name: roster.text() };
  });
};

/** §10.1 */
const headerOf = (bytes: Uint8Array) => {
  const read = reading(bytes);
  if (read.number(1) !== 1 || read.number(1) !== 1) refuse("bad-structure");
  const header = {
    newsroomId: read.take(32),
    mailboxId: read.take(16),
    rest: read.take(16 + 4 + 32 + 4),
  };
  if (read.number(1) > 4) refuse("bad-structure");
  const [commitment, , contentHash] = [read.take(32), read.take(32), read.take(32)];
  read.end();
  return { ...header, commitment, contentHash };
};

/** §10.5: null for *not for me*. */
const openSlot = (input: Given) => {
  const slot = input.bytes("slot");
  if (slot.length !== 1_216) refuse("bad-structure");
  const [ct, c1, c2] = [slot.slice(0, 1_120), slot.slice(1_120, 1_168), slot.slice(1_168)];
  const ss = attempt(() => xWing.decapsulate(ct, input.bytes("messagingSeed")));
  if (ss === null) return null;
  const reader = [input.bytes("identity"), input.bytes("static"), input.bytes("messaging")];
  const B = H("slot", input.bytes("header"), u8(Number(input.raw("position"))), ...reader, ct);
  const sender = aeadOpen(D(ss, "slot-sender", B), ZERO_NONCE, c1, NONE);
  if (sender === null) return null;
  const agreed = agree(input.bytes("staticPrivate"), sender) ?? refuse("message-broken");
  const key = D(join(ss, agreed), "slot-content", B, sender, c1);
  return { sender, K: aeadOpen(key, ZERO_NONCE, c2, NONE) ?? refuse("message-broken") };
};

/** §10.3 */
const bodyOf = (padded: Uint8Array) => {
  const read = reading(padded);
  const kind = ["message", "share"][read.number(1)] ?? refuse("bad-structure");
  const [mailbox, staticKey, reply] = [read.take(32), read.take(32), read.take(1_216)];
  const map = read.take(5);
  const hashes = Array.from({ length: 17 }, () => read.take(32)).map((hash) =>
    hash.some((byte) => byte > 0) ? hexOf(hash) : null,
  );
  const entries = reading(read.sized());
  if (read.rest().some((byte) => byte > 0)) refuse("bad-structure");
  const text = entries.text();
  const files = Array.from({ length: entries.number(2) }, () => {
    const file = {
      uploadId: hexOf(entries.take(16)),
      key: hexOf(entries.take(32)),
      name: entries.text(),
      type: entries.text(),
    };
    const sizes = { length: entries.number(8), partCount: entries.number(4) };
    entries.number(1);
    return { ...file, ...sizes };
  });
  entries.end();
  const readers = Array.from({ length: 40 }, (_, bit) => bit + 1).filter(
    (position) => ((map[(position - 1) >> 3] ?? 0) & (128 >> ((position - 1) & 7))) > 0,
  );
  const [answers = null, ...newest] = hashes;
  return {
    kind,
    mailbox,
    staticKey,
    reply,
    readers,
    text,
    files,
    answers,
    newest: newest.filter((hash) => hash !== null),
  };
};

/** §10.2: who the source is, and the first line. */
const summaryOf = (padded: Uint8Array) => {
  const read = reading(padded);
  const source = { mailbox: read.take(32), staticKey: read.take(32), replyHash: read.take(32) };
  read.number(2);
  const firstLine = read.text();
  if (padded.length !== 512 || read.rest().some((byte) => byte > 0)) refuse("bad-structure");
  return { ...source, firstLine };
};

const broken = (): never => refuse("message-broken");

type Source = {
  readonly mailbox: Uint8Array;
  readonly staticKey: Uint8Array;
  readonly replyHash: Uint8Array;
};

/** §10.7: a mailbox id vouches for these keys. */
const checkVouched = (header: ReturnType<typeof headerOf>, source: Source): void => {
  const k = H("mailbox-keys", source.replyHash, source.staticKey);
  if (!same(mailboxIdOf(header.newsroomId, source.mailbox, k), header.mailboxId)) broken();
};

/** §10.7 */
const writerOf = (input: Given, sender: Uint8Array, source: Source): string | number => {
  if (same(sender, source.staticKey)) return "source";
  const member = rosterOf(input).find((entry) => same(entry.staticKey, sender));
  return member === undefined || member.state === 3 ? broken() : member.memberNumber;
};

/** §10.4, §10.7: the checks in their order, then what a reader sees. */
export const openMessage = (input: Given): Json => {
  const bytes = input.bytes("header");
  const header = headerOf(bytes);
  const opened = openSlot(input);
  if (opened === null) return null;
  const { K, sender } = opened;
  const [summary, body] = [input.bytes("summary"), input.bytes("body")];
  const content = H("content-hash", plainHash(summary), plainHash(body));
  if (!same(content, header.contentHash) || !same(D(K, "commitment"), header.commitment)) broken();
  const part = (name: string, sealed: Uint8Array) =>
    aeadOpen(D(K, name), ZERO_NONCE, sealed, bytes.slice(0, 171)) ?? broken();
  const about = attempt(() => summaryOf(part("summary", summary))) ?? broken();
  checkVouched(header, about);
  const by = writerOf(input, sender, about);
  const said = attempt(() => bodyOf(part("body", body))) ?? broken();
  const { mailbox, staticKey, reply, ...shown } = said;
  checkVouched(header, { mailbox, staticKey, replyHash: plainHash(reply) });
  return {
    by,
    headerHash: hexOf(H("header-hash", bytes)),
    contentKey: hexOf(K),
    deleteToken: hexOf(D(K, "delete-token")),
    mailboxId: hexOf(header.mailboxId),
    firstLine: about.firstLine,
    ...shown,
  };
};
