import { hex } from "../protocol/public/bytes.ts";
import type { IdentityPublicKey, PublicCrypto } from "../protocol/public/crypto.ts";
import { openMessagingKey, parseMessagingKey } from "../protocol/public/messaging-key.ts";
import { type NewsroomKey, openRoster, type VerifiedRoster } from "../protocol/public/roster.ts";
import { checkFollows } from "../protocol/public/roster-chain.ts";
import { openNewsroomCreated } from "../protocol/public/statement.ts";

/** Every leaf of a log by the rules for what it says, in order; throws SealdropError at the first that breaks one. */

export type Tally = {
  rosters: VerifiedRoster[];
  created: number;
  messagingKeys: number;
  others: number;
  /** Places (member, generation, period) that hold two different keys. */
  contradictions: number;
};

const KINDS = { created: 1, roster: 3, messagingKey: 4 } as const;

type Reading = {
  readonly crypto: PublicCrypto;
  readonly newsroom: NewsroomKey;
  readonly tally: Tally;
  readonly keys: Map<string, string>;
};

const readRoster = ({ crypto, newsroom, tally }: Reading, leaf: Uint8Array): void => {
  const roster = openRoster(crypto, leaf, newsroom);
  checkFollows(tally.rosters.at(-1) ?? null, roster);
  tally.rosters.push(roster);
};

/** Under the identities that the lists so far give this member, the newest first. */
const identitiesOf = ({ tally }: Reading, memberNumber: number): readonly IdentityPublicKey[] =>
  (tally.rosters.at(-1)?.entries ?? [])
    .filter((entry) => entry.memberNumber === memberNumber)
    .map((entry) => entry.identity)
    .reverse();

const opens = (reading: Reading, leaf: Uint8Array, identity: IdentityPublicKey): boolean => {
  const { memberNumber } = parseMessagingKey(leaf);
  const { newsroomId } = reading.newsroom;
  try {
    openMessagingKey(reading.crypto, leaf, { newsroomId, memberNumber, identity });
    return true;
  } catch {
    return false;
  }
};

const readMessagingKey = (reading: Reading, leaf: Uint8Array): void => {
  const { memberNumber, generation, period, key } = parseMessagingKey(leaf);
  const { tally, keys } = reading;
  const signed = identitiesOf(reading, memberNumber).some((one) => opens(reading, leaf, one));
  const place = `${memberNumber}:${generation}:${period}`;
  const other = keys.get(place);
  if (!signed || (other !== undefined && other !== hex(key))) tally.contradictions += 1;
  keys.set(place, hex(key));
  tally.messagingKeys += 1;
};

export const readLeaves = (
  crypto: PublicCrypto,
  newsroom: NewsroomKey,
  leaves: readonly Uint8Array[],
): Tally => {
  const tally: Tally = { rosters: [], created: 0, messagingKeys: 0, others: 0, contradictions: 0 };
  const reading: Reading = { crypto, newsroom, tally, keys: new Map() };
  for (const leaf of leaves) {
    if (leaf[0] === KINDS.roster) readRoster(reading, leaf);
    else if (leaf[0] === KINDS.messagingKey) readMessagingKey(reading, leaf);
    else if (leaf[0] === KINDS.created) {
      openNewsroomCreated(crypto, leaf);
      tally.created += 1;
    } else tally.others += 1;
  }
  return tally;
};
