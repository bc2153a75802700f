// Of the opener written from docs/protocol.md alone: the newsroom's own statements.
import { ed25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { entropyToMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import {
  D,
  type Given,
  H,
  hexOf,
  type Json,
  label,
  reading,
  refuse,
  verifies,
} from "./stranger.ts";

/** §4.1, §8 */
const openCreated = (bytes: Uint8Array) => {
  const statement = reading(bytes);
  if (statement.number(1) !== 1) refuse("bad-structure");
  const payload = statement.sized();
  const signature = statement.take(64);
  statement.end();
  const read = reading(payload);
  if (read.number(1) !== 1) refuse("bad-structure");
  const [key, commitment, day] = [read.take(32), read.take(32), read.number(4)];
  read.end();
  if (!verifies(signature, label("newsroom-created", new Uint8Array(32), payload), key))
    refuse("bad-signature");
  return { newsroomId: H("newsroom-id", payload), key, commitment, day };
};

export const created = (input: Given): Json => {
  const { newsroomId, key, commitment, day } = openCreated(input.bytes("statement"));
  return {
    newsroomId: hexOf(newsroomId),
    newsroomKey: hexOf(key),
    nextCommitment: hexOf(commitment),
    day,
    words: twelveWords(key),
  };
};

type Era = {
  key: Uint8Array;
  commitment: Uint8Array;
  afterRoster: number;
  day: number;
  stolen: boolean;
};

/** §4.5 */
const rotated = (bytes: Uint8Array, N: Uint8Array, eras: readonly Era[]): Era => {
  const former = eras.at(-1) ?? refuse("bad-structure");
  const statement = reading(bytes);
  if (statement.number(1) !== 2) refuse("bad-structure");
  const payload = statement.sized();
  const signature = statement.take(64);
  statement.end();
  const read = reading(payload);
  const version = read.number(1);
  const [id, ordinal, reason] = [read.take(32), read.number(4), read.number(1)];
  const [key, commitment] = [read.take(32), read.take(32)];
  const [afterRoster, day, release] = [read.number(4), read.number(4), read.take(64)];
  read.end();
  if (version !== 1 || reason > 1 || ordinal !== eras.length) refuse("bad-structure");
  if (!verifies(signature, label("newsroom-rotated", N, payload), key)) refuse("bad-signature");
  const signed = label("newsroom-former", N, payload.slice(0, -64));
  const released =
    reason === 1 ? release.every((byte) => byte === 0) : verifies(release, signed, former.key);
  const committed = hexOf(H("newsroom-next", key)) === hexOf(former.commitment);
  if (!released || !committed) refuse("bad-signature");
  if (hexOf(id) !== hexOf(N)) refuse("wrong-newsroom");
  if (afterRoster <= former.afterRoster) refuse("roster-invalid");
  return { key, commitment, afterRoster, day, stolen: reason === 1 };
};

const twelveWords = (key: Uint8Array): string =>
  entropyToMnemonic(blake2b(label("newsroom-fingerprint", key), { dkLen: 16 }), wordlist);

export const newsroomKeys = (input: Given): Json => {
  const [first, ...rotations] = input.list("statements");
  const { newsroomId, key, commitment, day } = openCreated(first ?? refuse("bad-structure"));
  const eras: Era[] = [{ key, commitment, afterRoster: 0, day, stolen: false }];
  for (const one of rotations) eras.push(rotated(one, newsroomId, eras));
  return {
    newsroomId: hexOf(newsroomId),
    words: twelveWords(eras.at(-1)?.key ?? key),
    eras: eras.map((era) => ({
      key: hexOf(era.key),
      nextCommitment: hexOf(era.commitment),
      afterRoster: era.afterRoster,
      day: era.day,
      stolen: era.stolen,
    })),
  };
};

/** §4.2 */
export const newsroomWords = (input: Given): Json => {
  const seed = D(input.bytes("words"), "newsroom-words");
  return { seed: hexOf(seed), commitment: hexOf(H("newsroom-next", ed25519.getPublicKey(seed))) };
};
