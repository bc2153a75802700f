import type {
  IdentityPublicKey,
  MessageId,
  MessagingPublicKey,
  StaticPublicKey,
} from "../../src/protocol/public/crypto.ts";
import { openRoster, type Roster, type RosterEntry } from "../../src/protocol/public/roster.ts";
import { encodeSettings, type Settings, settingsHash } from "../../src/protocol/public/settings.ts";
import { sourceKeys } from "../../src/protocol/secret/codename.ts";
import type {
  IdentitySeed,
  MessagingSeed,
  SecretCrypto,
  StaticPrivateKey,
} from "../../src/protocol/secret/crypto.ts";
import { createNewsroom, signMessagingKey, signRoster } from "../../src/protocol/secret/sign.ts";

/** The newsroom of all vectors: somebody in every state, somebody without a key, and two sources. */

export const DAY = 20_700;
export const PERIOD = 2_957;

export const SETTINGS: Settings = {
  newsroomName: "The Lantern",
  pageTitle: "Contact form",
  words: new Map([
    ["ar", "مرحبا"],
    ["en", "Tell us what you know."],
    ["fr", "Dites-nous ce que vous savez."],
  ]),
  otherContact: "The Lantern, 1 Example Street",
  leavingPage: "https://example.org/weather",
  pauseSentence: "",
  retentionDays: 90,
  longestAbsenceDays: 90,
  rosterDays: 35,
  sourceOrigins: ["http://lanternexample.onion"],
};

export type Person = {
  readonly entry: RosterEntry;
  readonly identitySeed: IdentitySeed;
  readonly staticPrivate: StaticPrivateKey;
  readonly messagingSeed: MessagingSeed;
  readonly messaging: MessagingPublicKey;
};

type Seat = Pick<RosterEntry, "memberNumber" | "state" | "position" | "generation" | "name">;

const SEATS: readonly Seat[] = [
  { memberNumber: 1, state: "rotated", position: 0, generation: 2, name: "Ada" },
  { memberNumber: 1, state: "current", position: 2, generation: 0, name: "Ada" },
  { memberNumber: 2, state: "current", position: 1, generation: 3, name: "Bea Ünal" },
  { memberNumber: 3, state: "current", position: 3, generation: 0, name: "جم" },
  { memberNumber: 4, state: "left", position: 0, generation: 0, name: "Dov" },
  { memberNumber: 5, state: "stolen", position: 0, generation: 0, name: "Eli" },
];

const personAt = (crypto: SecretCrypto, seat: Seat): Person => {
  const identitySeed = crypto.random(32) as IdentitySeed;
  const staticPrivate = crypto.random(32) as StaticPrivateKey;
  const messagingSeed = crypto.random(32) as MessagingSeed;
  const entry: RosterEntry = {
    ...seat,
    identity: crypto.ed25519PublicKey(identitySeed) as IdentityPublicKey,
    static: crypto.x25519PublicKey(staticPrivate) as StaticPublicKey,
  };
  const messaging = crypto.kemPublicKey(messagingSeed) as MessagingPublicKey;
  return { entry, identitySeed, staticPrivate, messagingSeed, messaging };
};

export const makeWorld = (crypto: SecretCrypto) => {
  const newsroom = createNewsroom(crypto, DAY - 300);
  const [adaBefore, ada, bea, cem, dov, eli] = SEATS.map((seat) => personAt(crypto, seat));
  if (!adaBefore || !ada || !bea || !cem || !dov || !eli) throw new Error("no people");
  const people = { adaBefore, ada, bea, cem, dov, eli };
  const settings = encodeSettings(SETTINGS);
  const roster: Roster = {
    newsroomId: newsroom.newsroomId,
    number: 7,
    previousHash: crypto.random(32),
    issuedDay: DAY - 3,
    validUntilDay: DAY + 32,
    settingsHash: settingsHash(crypto, settings),
    entries: Object.values(people).map((person) => person.entry),
  };
  const rosterStatement = signRoster(crypto, roster, newsroom.seed);
  const key = { newsroomId: newsroom.newsroomId, key: newsroom.key };
  const keyStatement = (person: Person, change: Partial<RosterEntry> & { period?: number } = {}) =>
    signMessagingKey(crypto, {
      newsroomId: newsroom.newsroomId,
      memberNumber: change.memberNumber ?? person.entry.memberNumber,
      generation: change.generation ?? person.entry.generation,
      period: change.period ?? PERIOD,
      identitySeed: person.identitySeed,
      seed: person.messagingSeed,
    });
  const codename = crypto.random(16);
  return {
    crypto,
    newsroom,
    key,
    people,
    settings,
    roster,
    rosterStatement,
    verifiedRoster: openRoster(crypto, rosterStatement, key),
    keyStatement,
    /** Cem published none: not reachable now. */
    keyStatements: [keyStatement(bea), keyStatement(ada)],
    codename,
    source: sourceKeys(crypto, newsroom.newsroomId, codename),
    otherSource: sourceKeys(crypto, newsroom.newsroomId, crypto.random(16)),
    newMessageId: () => crypto.random(16) as MessageId,
  };
};

export type World = ReturnType<typeof makeWorld>;
