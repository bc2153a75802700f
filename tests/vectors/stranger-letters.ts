// Of the opener written from docs/protocol.md alone: letters between members.
import { x25519 } from "@noble/curves/ed25519.js";
import { ml_kem768_x25519 as xWing } from "@noble/post-quantum/hybrid.js";
import {
  aeadOpen,
  agree,
  attempt,
  D,
  type Given,
  hexOf,
  type Json,
  join,
  NONE,
  plainHash,
  reading,
  refuse,
  u8,
  u32,
  ZERO_NONCE,
} from "./stranger.ts";

const SUBJECTS = ["newsroom-key", "history", "handover", "share", "share-return"];
const SIZES = [1_024, 16_384, 262_144];

const u16 = (value: number): Uint8Array => join(u8(value >> 8), u8(value & 255));
const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

/** §15 */
export const open = (input: Given): Json => {
  const read = reading(input.bytes("letter"));
  if (read.number(1) !== 1) refuse("bad-structure");
  const [generation, period, senderStatic] = [read.number(4), read.number(4), read.take(32)];
  const ct = read.take(1_120);
  const sealed = read.rest();
  if (!SIZES.includes(sealed.length - 16)) refuse("bad-structure");
  const [seed, own] = [input.bytes("messagingSeed"), input.bytes("staticPrivate")];
  const agreed = agree(own, senderStatic);
  const ss = attempt(() => xWing.decapsulate(ct, xWing.keygen(seed).secretKey));
  if (ss === null || agreed === null || isZero(agreed)) return null;
  const key = D(
    join(ss, agreed),
    "letter",
    input.bytes("newsroomId"),
    u16(Number(input.raw("memberNumber"))),
    u32(generation),
    u32(period),
    x25519.getPublicKey(own),
    xWing.getPublicKey(seed),
    senderStatic,
    ct,
  );
  const text = aeadOpen(key, ZERO_NONCE, sealed, NONE);
  if (text === null) return null;
  const said = reading(text);
  const subject = SUBJECTS[said.number(1)] ?? refuse("bad-structure");
  const content = said.sized();
  if (!isZero(said.rest())) refuse("bad-structure");
  return { senderStatic: hexOf(senderStatic), subject, content: hexOf(plainHash(content)) };
};

const many = <One>(count: number, read: () => One): One[] => Array.from({ length: count }, read);

/** §15.3 */
export const keyLetter = (input: Given): Json => {
  const read = reading(input.bytes("content"));
  if (read.number(1) !== 1) refuse("bad-structure");
  const seed = hexOf(read.take(32));
  const holders = many(read.number(2), () => [read.number(2), read.number(2)]);
  read.end();
  const members = holders.map(([member = 0]) => member);
  if (members.some((member, at) => at > 0 && member <= (members[at - 1] ?? 0)))
    refuse("bad-structure");
  return { seed, holders };
};

/** §15.2 */
export const handover = (input: Given): Json => {
  const read = reading(input.bytes("content"));
  if (read.number(1) !== 1) refuse("bad-structure");
  const [day, conversations, messages] = [read.number(4), read.number(4), read.number(4)];
  const count = read.number(2);
  if (count > 2_000 || count > conversations || conversations > messages || day > 65_535)
    refuse("bad-structure");
  const mailboxes = many(count, () => hexOf(read.take(16)));
  read.end();
  return { day, conversations, messages, mailboxes };
};

/** §19.1, as far as its set id. */
const setIdOf = (share: Uint8Array): string => {
  if (share.length !== 91) refuse("bad-structure");
  return hexOf(share.slice(2, 18));
};

/** §19.2 */
export const shareLetter = (input: Given): Json => {
  const read = reading(input.bytes("content"));
  const say = ["keep", "drop", "rehearse", "collect"][read.number(1)] ?? refuse("bad-structure");
  const letter = {
    say,
    ...(say === "keep" && { share: setIdOf(read.sized()) }),
    ...(say === "drop" && { setId: hexOf(read.take(16)) }),
    ...(say === "rehearse" && { setId: hexOf(read.take(16)), nonce: hexOf(read.take(32)) }),
  };
  read.end();
  return letter;
};

const proof = (read: ReturnType<typeof reading>): Json => {
  const [setId, nonce] = [hexOf(read.take(16)), hexOf(read.take(32))];
  const [held, answer] = [read.number(1), read.take(32)];
  if (held > 1 || (held === 0 && !isZero(answer))) refuse("bad-structure");
  return { say: "rehearsed", setId, nonce, answer: held === 1 ? hexOf(answer) : null };
};

export const shareReturn = (input: Given): Json => {
  const read = reading(input.bytes("content"));
  const what = read.number(1);
  if (what > 1) refuse("bad-structure");
  const said = what === 0 ? proof(read) : { say: "returned", share: setIdOf(read.sized()) };
  read.end();
  return said;
};
