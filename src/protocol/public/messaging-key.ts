import { concat, equal, readerOf, u8, u16, u32 } from "./bytes.ts";
import type { IdentityPublicKey, MessagingPublicKey, NewsroomId, PublicCrypto } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { isUsableKemKey } from "./key-rules.ts";
import { KEM_PUBLIC_KEY } from "./limits.ts";
import { currentMembers, type Roster, type RosterEntry } from "./roster.ts";
import { parseStatement, verifyStatement } from "./statement.ts";
import { openPeriods, periodOf } from "./time.ts";

/** A journalist's X-Wing key of one period, signed by that journalist's identity. docs/protocol.md §6. */
export type MessagingKey = {
  readonly memberNumber: number;
  readonly generation: number;
  readonly period: number;
  readonly key: MessagingPublicKey;
};

export const encodeMessagingKey = (messagingKey: MessagingKey): Uint8Array =>
  concat([
    u8(1),
    u16(messagingKey.memberNumber),
    u32(messagingKey.generation),
    u32(messagingKey.period),
    messagingKey.key,
  ]);

const parsePayload = (payload: Uint8Array): MessagingKey => {
  const reader = readerOf(payload);
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const memberNumber = reader.u16();
  const generation = reader.u32();
  const period = reader.u32();
  const key = reader.bytes(KEM_PUBLIC_KEY) as MessagingPublicKey;
  reader.end();
  // One member's unusable key must not stop a source from sealing to the others: it counts as no key at all.
  if (!isUsableKemKey(key)) throw new SealdropError("bad-structure");
  return { memberNumber, generation, period, key };
};

/** Shape only: which member and period a statement claims. Throws bad-structure. */
export const parseMessagingKey = (bytes: Uint8Array): MessagingKey =>
  parsePayload(parseStatement(bytes, "messaging-key").payload);

export type IdentityOf = {
  readonly newsroomId: NewsroomId;
  readonly memberNumber: number;
  readonly identity: IdentityPublicKey;
};

/** Throws bad-structure, bad-signature. */
export const openMessagingKey = (
  crypto: PublicCrypto,
  bytes: Uint8Array,
  owner: IdentityOf,
): MessagingKey => {
  const statement = parseStatement(bytes, "messaging-key");
  verifyStatement(crypto, statement, { newsroomId: owner.newsroomId, key: owner.identity });
  const messagingKey = parsePayload(statement.payload);
  if (messagingKey.memberNumber !== owner.memberNumber) throw new SealdropError("bad-signature");
  return messagingKey;
};

/** A current member and, when there is a valid one for the period, the key to seal to. */
export type Recipient = {
  readonly entry: RosterEntry;
  readonly messaging: MessagingPublicKey | null;
};

const orNull = <Value>(attempt: () => Value): Value | null => {
  try {
    return attempt();
  } catch {
    return null;
  }
};

export type KeysOfPeriod = { readonly roster: Roster; readonly period: number };

/**
 * Matches statements to the current members: right member, right period, the roster's generation exactly, signature valid.
 * Whoever has none is *not reachable now* (null). Two different valid keys for one place: null as well, nobody can say which is right.
 */
export const recipientsOf = (
  crypto: PublicCrypto,
  statements: readonly Uint8Array[],
  { roster, period }: KeysOfPeriod,
): readonly Recipient[] => {
  // What is malformed is no key: a hostile server must not be able to close the form by adding to the list.
  const claims = statements.flatMap((bytes) => {
    const claim = orNull(() => parseMessagingKey(bytes));
    return claim === null ? [] : [{ bytes, claim }];
  });
  return currentMembers(roster).map((entry) => {
    const owner = {
      newsroomId: roster.newsroomId,
      memberNumber: entry.memberNumber,
      identity: entry.identity,
    };
    const fitting = claims.filter(
      ({ claim }) =>
        claim.memberNumber === entry.memberNumber &&
        claim.period === period &&
        claim.generation === entry.generation,
    );
    const [first, ...others] = fitting
      .map(({ bytes }) => orNull(() => openMessagingKey(crypto, bytes, owner)))
      .flatMap((opened) => opened?.key ?? []);
    const agreed = first !== undefined && others.every((key) => equal(key, first));
    return { entry, messaging: agreed ? first : null };
  });
};

export type RecipientsOfDay = {
  readonly period: number;
  readonly recipients: readonly Recipient[];
};

/**
 * Whom one can seal to today: under the period that today lies in or, where nobody has a key of it, under the one that is
 * open beside it. The server offers one period's keys, by its own clock; this clock may be a day off.
 */
export const recipientsOn = (
  crypto: PublicCrypto,
  statements: readonly Uint8Array[],
  { roster, today }: { readonly roster: Roster; readonly today: number },
): RecipientsOfDay => {
  const tried = openPeriods(today).map((period) => ({
    period,
    recipients: recipientsOf(crypto, statements, { roster, period }),
  }));
  const found = tried.find(({ recipients }) =>
    recipients.some(({ messaging }) => messaging !== null),
  );
  const [first = { period: periodOf(today), recipients: [] }] = tried;
  return found ?? first;
};
