// An opener written from docs/protocol.md and tests/vectors/README.md alone: nothing of src/ is imported here.
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { argon2id } from "@noble/hashes/argon2.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ml_kem768_x25519 as xWing } from "@noble/post-quantum/hybrid.js";
import { mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import {
  aeadOpen,
  agree,
  D,
  type Given,
  H,
  hexOf,
  type Json,
  join,
  label,
  mailboxIdOf,
  plainHash,
  reading,
  refuse,
  u8,
  u32,
  utf8,
} from "./stranger.ts";

/** §9.1 */
const sourceOf = (codename: Uint8Array, N: Uint8Array) => {
  const mailboxPrivate = D(codename, "codename-mailbox", N);
  const staticPrivate = D(codename, "codename-static", N);
  const replySeed = D(codename, "codename-reply", N);
  const mailbox = x25519.getPublicKey(mailboxPrivate);
  const staticKey = x25519.getPublicKey(staticPrivate);
  const reply = xWing.getPublicKey(replySeed);
  const k = H("mailbox-keys", plainHash(reply), staticKey);
  return {
    mailboxPrivate,
    staticPrivate,
    replySeed,
    mailbox,
    staticKey,
    reply,
    k,
    id: mailboxIdOf(N, mailbox, k),
  };
};

export const sourceKeys = (input: Given): Json => {
  const keys = sourceOf(input.bytes("codename"), input.bytes("newsroomId"));
  return {
    mailboxPrivate: hexOf(keys.mailboxPrivate),
    mailbox: hexOf(keys.mailbox),
    staticPrivate: hexOf(keys.staticPrivate),
    static: hexOf(keys.staticKey),
    replySeed: hexOf(keys.replySeed),
    replySha256: hexOf(sha256(keys.reply)),
    keysHash: hexOf(keys.k),
    mailboxId: hexOf(keys.id),
  };
};

/** §9.3 */
export const answerChallenge = (input: Given): Json => {
  const read = reading(input.bytes("challenge"));
  const [r, expires, E] = [read.take(32), read.take(4), read.take(32)];
  const N = input.bytes("newsroomId");
  const keys = sourceOf(input.bytes("codename"), N);
  const shared = agree(keys.mailboxPrivate, E) ?? refuse("wrong-answer");
  const mac = D(shared, "mailbox-login", N, keys.id, r, expires);
  return hexOf(join(r, expires, keys.mailbox, keys.k, mac));
};

/** §12.3 */
export const openWrap = (input: Given): Json => {
  const wrap = input.bytes("wrap");
  const ad = label("archive-wrap", input.bytes("archiveId"), input.bytes("headerHash"));
  const opened = aeadOpen(input.bytes("archiveKey"), wrap.slice(0, 24), wrap.slice(24), ad);
  if (opened === null) return null;
  const read = reading(opened);
  return {
    contentKey: hexOf(read.take(32)),
    senderStatic: hexOf(read.take(32)),
    sharedBy: read.number(2),
    day: read.number(2),
  };
};

/** §15.1 */
export const history = (input: Given): Json => {
  const read = reading(input.bytes("history"));
  if (read.number(1) !== 1) refuse("bad-structure");
  const count = read.number(2);
  if (count === 0 || count > 2_621) refuse("bad-structure");
  const items = Array.from({ length: count }, () => ({
    header: hexOf(read.take(32)),
    contentKey: hexOf(read.take(32)),
    senderStatic: hexOf(read.take(32)),
    day: read.number(4),
  }));
  read.end();
  if (items.some(({ day }) => day > 65_535)) refuse("bad-structure");
  return items;
};

/** §9.1 */
export const codename = (input: Given): Json => {
  const words = String(input.raw("typed")).trim();
  return { codename: hexOf(mnemonicToEntropy(words, wordlist)), words };
};

/** §11 */
export const padme = (length: number): number => {
  if (length <= 65_536) return 65_536;
  const E = Math.floor(Math.log2(length));
  const step = 2 ** (E - (Math.floor(Math.log2(E)) + 1));
  return Math.ceil(length / step) * step;
};

const CHUNK = 1_048_536;

export const paddedLength = (input: Given): Json => {
  const padded = padme(Number(input.raw("length")));
  const parts = Math.ceil(padded / CHUNK);
  return { padded, parts, lastPart: padded - (parts - 1) * CHUNK + 40 };
};

/** §11, for the cases that open: seals the part as the README says. */
export const sealedChunk = (input: Given): Json => {
  const length = Number(input.raw("sealedLength"));
  const index = Number(input.raw("sealedIndex"));
  const padded = padme(length);
  const last = Math.ceil(padded / CHUNK) - 1;
  const text = new Uint8Array(Math.min(CHUNK, padded - index * CHUNK));
  const own = Math.max(0, Math.min(text.length, length - index * CHUNK));
  for (let i = 0; i < own; i++) text[i] = (index * CHUNK + i) % 251;
  const ad = label("chunk", input.bytes("sealedUploadId"), u32(index), u8(index === last ? 1 : 0));
  const nonce = input.bytes("nonce");
  const sealed = join(nonce, xchacha20poly1305(input.bytes("key"), nonce, ad).encrypt(text));
  const textSha256 = hexOf(sha256(text.slice(0, own)));
  return { sealedSha256: hexOf(sha256(sealed)), textSha256, length: own };
};

const owner = (input: Given) =>
  [input.bytes("newsroomId"), utf8(String(input.raw("userName")))] as const;

/** §13.1 */
export const passphraseKeys = (input: Given): Json => {
  const salt = blake2b(label("vault-salt", input.bytes("salt"), ...owner(input)), { dkLen: 16 });
  const cost = {
    m: Number(input.raw("memoryKiB")),
    t: Number(input.raw("passes")),
    p: 1,
    dkLen: 32,
  };
  const m = argon2id(utf8(String(input.raw("passphrase")).normalize("NFKC")), salt, cost);
  return {
    authKey: hexOf(D(m, "vault-auth", ...owner(input))),
    unlockKey: hexOf(D(m, "vault-unlock", ...owner(input))),
  };
};

export const recoveryKeys = (input: Given): Json => ({
  authKey: hexOf(D(input.bytes("words"), "recovery-auth", ...owner(input))),
  unlockKey: hexOf(D(input.bytes("words"), "recovery-unlock", ...owner(input))),
});

const openBox = (key: Uint8Array, box: Uint8Array, ad: Uint8Array): Uint8Array =>
  aeadOpen(key, box.slice(0, 24), box.slice(24), ad) ?? refuse("vault-broken");

/** §13.2 */
export const unwrapVaultKey = (input: Given): Json => {
  const ad = label("vault-key", ...owner(input), utf8(String(input.raw("door"))));
  return hexOf(openBox(input.bytes("unlockKey"), input.bytes("wrapped"), ad));
};

/** §13.3 */
export const openVault = (input: Given): Json => {
  const key = input.bytes("vaultKey");
  const version = u32(Number(input.raw("version")));
  const listAd = label("vault-list", ...owner(input), version);
  const read = reading(openBox(D(key, "vault-list-key"), input.bytes("list"), listAd));
  const listed = Array.from(
    { length: read.number(2) },
    () => [read.text(), hexOf(read.take(32))] as const,
  );
  read.end();
  const records = input.table("records");
  if (listed.length !== records.size) refuse("vault-broken");
  const opened = listed.map(([id, hash]) => {
    const sealed = records.get(id) ?? refuse("vault-broken");
    if (hexOf(plainHash(sealed)) !== hash) refuse("vault-broken");
    return [
      id,
      hexOf(
        openBox(
          D(key, "vault-record-key"),
          sealed,
          label("vault-record", ...owner(input), utf8(id)),
        ),
      ),
    ];
  });
  return Object.fromEntries(opened);
};

/** §14 */
export const enrolment = (input: Given): Json => {
  const text = (name: string) => utf8(String(input.raw(name)));
  const secret = input.bytes("secret");
  const seen = [
    input.bytes("newsroomId"),
    input.bytes("newsroomKey"),
    text("userName"),
    text("name"),
  ];
  const keys = [input.bytes("identity"), input.bytes("static")];
  const digest = blake2b(label("invite-words", ...seen, ...keys), { dkLen: 11, key: secret });
  const bits = BigInt(`0x${hexOf(digest)}`)
    .toString(2)
    .padStart(88, "0");
  const words = (bits.match(/.{11}/g) ?? []).map((word) => wordlist[Number.parseInt(word, 2)]);
  return { token: hexOf(D(secret, "invite-token")), words: words.join(" ") };
};
