import { equal, hex } from "../protocol/public/bytes.ts";
import type { IdentityPublicKey, PublicCrypto } from "../protocol/public/crypto.ts";
import { openMessagingKey, parseMessagingKey } from "../protocol/public/messaging-key.ts";
import {
  keyOfRoster,
  type NewsroomKeys,
  openNewsroomKeys,
} from "../protocol/public/newsroom-keys.ts";
import { openRoster, type VerifiedRoster } from "../protocol/public/roster.ts";
import { checkFollows } from "../protocol/public/roster-chain.ts";

/** Every leaf of a log by the rules for what it says, in order; throws SealdropError at the first that breaks one. */

export type Tally = {
  rosters: VerifiedRoster[];
  /** *Created* and rotations. */
  newsroom: number;
  messagingKeys: number;
  others: number;
  /** Places that hold two different keys: of a member for a generation and period, or of the newsroom. */
  contradictions: number;
};

const KINDS = { created: 1, rotated: 2, roster: 3, messagingKey: 4 } as const;

type Reading = {
  readonly crypto: PublicCrypto;
  readonly newsroom: NewsroomKeys;
  /** What the newsroom's own answer holds. */
  readonly statements: readonly Uint8Array[];
  readonly tally: Tally;
  readonly keys: Map<string, string>;
};

const readRoster = ({ crypto, newsroom, tally }: Reading, leaf: Uint8Array): void => {
  const { newsroomId } = newsroom;
  const key = keyOfRoster(newsroom, tally.rosters.length + 1);
  const roster = openRoster(crypto, leaf, { newsroomId, key });
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

/** A second rotation in the place of one, or one that the newsroom's answer leaves out, is a fork. */
const readNewsroom = ({ tally, statements }: Reading, leaf: Uint8Array): void => {
  const expected = statements[tally.newsroom];
  if (expected === undefined || !equal(expected, leaf)) tally.contradictions += 1;
  tally.newsroom += 1;
};

/** `statements` are the newsroom's own, as its answer gives them. */
export const readLeaves = (
  crypto: PublicCrypto,
  statements: readonly Uint8Array[],
  leaves: readonly Uint8Array[],
): Tally => {
  const newsroom = openNewsroomKeys(crypto, statements);
  const tally: Tally = { rosters: [], newsroom: 0, messagingKeys: 0, others: 0, contradictions: 0 };
  const reading: Reading = { crypto, newsroom, statements, tally, keys: new Map() };
  for (const leaf of leaves) {
    if (leaf[0] === KINDS.roster) readRoster(reading, leaf);
    else if (leaf[0] === KINDS.messagingKey) readMessagingKey(reading, leaf);
    else if (leaf[0] === KINDS.created || leaf[0] === KINDS.rotated) readNewsroom(reading, leaf);
    else tally.others += 1;
  }
  return tally;
};
