import { equal } from "../public/bytes.ts";
import { bodyHash, contentHash, parseHeader } from "../public/envelope.ts";
import { SealdropError } from "../public/errors.ts";
import { derive } from "../public/labels.ts";
import { HASH, NONCE } from "../public/limits.ts";
import { type Body, parseBody } from "./body.ts";
import type { ContentKey, SecretCrypto } from "./crypto.ts";
import { parseSummary, type Summary } from "./summary.ts";

/** Summary and body under the content key. docs/protocol.md §10.2 to §10.4. */

/** Keys are used once, so the nonce may be zero. */
export const ZERO_NONCE: Uint8Array = new Uint8Array(NONCE);

export const commitmentOf = (crypto: SecretCrypto, key: ContentKey): Uint8Array =>
  derive(crypto, key, { label: "commitment", fields: [] });

export const deleteTokenOf = (crypto: SecretCrypto, key: ContentKey): Uint8Array =>
  derive(crypto, key, { label: "delete-token", fields: [] });

type Part = { readonly label: "summary" | "body"; readonly text: Uint8Array };

const partInput = (crypto: SecretCrypto, key: ContentKey, part: Part & { ad: Uint8Array }) => ({
  key: derive(crypto, key, { label: part.label, fields: [] }),
  nonce: ZERO_NONCE,
  text: part.text,
  ad: part.ad,
});

export type Under = { readonly contentKey: ContentKey; readonly headerStart: Uint8Array };

export const sealPart = (crypto: SecretCrypto, under: Under, part: Part): Uint8Array =>
  crypto.aeadSeal(partInput(crypto, under.contentKey, { ...part, ad: under.headerStart }));

export type Opening = { readonly contentKey: ContentKey; readonly headerBytes: Uint8Array };

const broken = (): never => {
  throw new SealdropError("message-broken");
};

/** Malformed by its own sender: for me, but broken. */
const understood = <Value>(parse: () => Value): Value => {
  try {
    return parse();
  } catch {
    return broken();
  }
};

const openPart = (crypto: SecretCrypto, opening: Opening, part: Part): Uint8Array => {
  const { contentKey, headerBytes } = opening;
  const ad = headerBytes.subarray(0, headerBytes.length - HASH);
  return crypto.aeadOpen(partInput(crypto, contentKey, { ...part, ad })) ?? broken();
};

/** A reader's first look at a header and its content key: last field and commitment, before anything is decrypted. */
const checkHeader = (
  crypto: SecretCrypto,
  opening: Opening,
  content: { readonly sealedSummary: Uint8Array; readonly bodyHash: Uint8Array },
): void => {
  const header = parseHeader(opening.headerBytes);
  if (!equal(contentHash(crypto, content), header.contentHash)) broken();
  if (!equal(commitmentOf(crypto, opening.contentKey), header.commitment)) broken();
};

export type SummaryParts = { readonly sealedSummary: Uint8Array; readonly bodyHash: Uint8Array };

/** Without the body: its hash stands for it. Throws message-broken. */
export const openSummary = (
  crypto: SecretCrypto,
  opening: Opening,
  parts: SummaryParts,
): Summary => {
  checkHeader(crypto, opening, parts);
  const padded = openPart(crypto, opening, { label: "summary", text: parts.sealedSummary });
  return understood(() => parseSummary(padded));
};

export type BodyParts = { readonly sealedSummary: Uint8Array; readonly sealedBody: Uint8Array };

/** Throws message-broken. */
export const openBody = (crypto: SecretCrypto, opening: Opening, parts: BodyParts): Body => {
  const hashed = bodyHash(crypto, parts.sealedBody);
  checkHeader(crypto, opening, { sealedSummary: parts.sealedSummary, bodyHash: hashed });
  const padded = openPart(crypto, opening, { label: "body", text: parts.sealedBody });
  return understood(() => parseBody(padded));
};
