import { base64url, concat, equal, fromBase64url, fromUtf8, u8, utf8 } from "./bytes.ts";
import type { LogPublicKey, NewsroomId, PublicCrypto } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { HASH, SIGNATURE } from "./limits.ts";
import type { Head } from "./log-proof.ts";

/** A signed tree head: C2SP tlog-checkpoint in signed-note form. docs/protocol.md §16.3. */

export const MAX_NOTE = 4_096;
const MAX_SIGNATURES = 16;
const KEY_ID = 4;
const ED25519 = 1;

/** base64 with padding, as C2SP's formats write it. */
const base64 = (bytes: Uint8Array): string => {
  const text = base64url(bytes).replaceAll("-", "+").replaceAll("_", "/");
  return text.padEnd(text.length + ((4 - (text.length % 4)) % 4), "=");
};

/** Throws bad-structure for anything that `base64` would not have written. */
const fromBase64 = (text: string): Uint8Array => {
  const bytes = fromBase64url(
    text
      .replace(/={1,2}$/, "")
      .replaceAll("+", "-")
      .replaceAll("/", "_"),
  );
  if (base64(bytes) !== text) throw new SealdropError("bad-structure");
  return bytes;
};

/** The log's name: one log for each newsroom, whatever its addresses are. */
export const logNameOf = (newsroomId: NewsroomId): string =>
  `sealdrop/v1/log/${base64url(newsroomId)}`;

const keyIdOf = (crypto: PublicCrypto, name: string, key: LogPublicKey): Uint8Array =>
  crypto.sha256(concat([utf8(name), u8(0x0a), u8(ED25519), key])).slice(0, KEY_ID);

export type Log = { readonly name: string; readonly key: LogPublicKey };

/** What is signed: name, size and root, each on a line of its own, with the last line's end. */
export const checkpointText = (name: string, head: Head): Uint8Array =>
  utf8(`${name}\n${head.size}\n${base64(head.root)}\n`);

export const encodeNote = (
  crypto: PublicCrypto,
  log: Log,
  { text, signature }: { readonly text: Uint8Array; readonly signature: Uint8Array },
): Uint8Array => {
  const line = base64(concat([keyIdOf(crypto, log.name, log.key), signature]));
  return concat([text, utf8(`\n— ${log.name} ${line}\n`)]);
};

const refuse = (): never => {
  throw new SealdropError("bad-structure");
};

const parseHead = (text: string, name: string): Head => {
  const [origin, size, root, end, ...more] = text.split("\n");
  if (origin !== name || end !== "" || more.length > 0) return refuse();
  if (size === undefined || !/^(0|[1-9]\d{0,14})$/.test(size)) return refuse();
  const hash = fromBase64(root ?? "");
  return hash.length === HASH ? { size: Number(size), root: hash } : refuse();
};

/** The signature of this very key; those of others, such as outside witnesses, are passed over. */
const signatureOf = (lines: readonly string[], name: string, keyId: Uint8Array): Uint8Array => {
  for (const line of lines) {
    const found = /^— ([^ +]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
    if (found === null) return refuse();
    const bytes = fromBase64(found[2] ?? "");
    const ours = found[1] === name && equal(bytes.slice(0, KEY_ID), keyId);
    if (ours && bytes.length === KEY_ID + SIGNATURE) return bytes.slice(KEY_ID);
  }
  throw new SealdropError("bad-signature");
};

/** Throws bad-structure, and bad-signature when this log's key has not signed it. */
export const openCheckpoint = (crypto: PublicCrypto, note: Uint8Array, log: Log): Head => {
  if (note.length > MAX_NOTE) return refuse();
  const all = fromUtf8(note);
  const at = all.indexOf("\n\n");
  const lines = all.slice(at + 2).split("\n");
  if (at === -1 || lines.pop() !== "" || lines.length > MAX_SIGNATURES) return refuse();
  const text = all.slice(0, at + 1);
  const signature = signatureOf(lines, log.name, keyIdOf(crypto, log.name, log.key));
  if (!crypto.verifyEd25519(signature, utf8(text), log.key)) {
    throw new SealdropError("bad-signature");
  }
  return parseHead(text, log.name);
};

/** The key as other tools of the signed-note family take it. */
export const verifierKey = (crypto: PublicCrypto, { name, key }: Log): string => {
  const id = Array.from(keyIdOf(crypto, name, key), (byte) => byte.toString(16).padStart(2, "0"));
  return `${name}+${id.join("")}+${base64(concat([u8(ED25519), key]))}`;
};

/** Throws bad-structure, also when key and key id do not belong together. */
export const parseVerifierKey = (crypto: PublicCrypto, text: string): Log => {
  const found = /^([^ +\n]{1,200})\+[0-9a-f]{8}\+([A-Za-z0-9+/]{44})$/.exec(text);
  if (found === null) return refuse();
  const [, name = "", encoded = ""] = found;
  const bytes = fromBase64(encoded);
  if (bytes[0] !== ED25519 || bytes.length !== 33) return refuse();
  const log = { name, key: bytes.slice(1) as LogPublicKey };
  return verifierKey(crypto, log) === text ? log : refuse();
};
