import type {
  IdentityPublicKey,
  MessageId,
  MessagingPublicKey,
  StaticPublicKey,
} from "../../src/protocol/public/crypto.ts";
import { recipientsOf } from "../../src/protocol/public/messaging-key.ts";
import {
  openRoster,
  type Roster,
  type RosterEntry,
  type VerifiedRoster,
} from "../../src/protocol/public/roster.ts";
import { encodeSettings, type Settings, settingsHash } from "../../src/protocol/public/settings.ts";
import { periodOf } from "../../src/protocol/public/time.ts";
import { type SourceKeys, sourceKeys } from "../../src/protocol/secret/codename.ts";
import type {
  IdentitySeed,
  MessagingSeed,
  SecretCrypto,
  StaticPrivateKey,
} from "../../src/protocol/secret/crypto.ts";
import { type SealInput, sealMessage } from "../../src/protocol/secret/seal.ts";
import {
  createNewsroom,
  type NewNewsroom,
  signMessagingKey,
  signRoster,
} from "../../src/protocol/secret/sign.ts";
import type { SlotKeys, SlotTarget } from "../../src/protocol/secret/slot.ts";

/** A newsroom made by the protocol alone, without server or browser: for tests, vectors and benchmarks. */

export type PaperJournalist = {
  readonly entry: RosterEntry;
  readonly identitySeed: IdentitySeed;
  readonly staticPrivate: StaticPrivateKey;
  readonly messagingSeed: MessagingSeed;
  readonly messaging: MessagingPublicKey;
  readonly messagingStatement: Uint8Array;
};

export type PaperNewsroom = NewNewsroom & {
  readonly day: number;
  readonly period: number;
  readonly settings: Uint8Array;
  readonly rosterBytes: Uint8Array;
  readonly roster: VerifiedRoster;
  readonly journalists: readonly PaperJournalist[];
};

export const PLAIN_SETTINGS: Settings = {
  newsroomName: "The Example",
  pageTitle: "Contact form",
  words: new Map([["en", "Tell us."]]),
  otherContact: "Write to 1 Example Street.",
  leavingPage: "https://example.org/",
  pauseSentence: "",
  retentionDays: 90,
  longestAbsenceDays: 90,
  rosterDays: 35,
  sourceOrigins: [],
};

export type PaperPlan = {
  readonly day: number;
  readonly names: readonly string[];
  readonly settings?: Settings;
};

const makeJournalist = (
  crypto: SecretCrypto,
  made: { readonly newsroom: NewNewsroom; readonly period: number },
  seat: { readonly name: string; readonly index: number },
): PaperJournalist => {
  const identitySeed = crypto.random(32) as IdentitySeed;
  const staticPrivate = crypto.random(32) as StaticPrivateKey;
  const messagingSeed = crypto.random(32) as MessagingSeed;
  const memberNumber = seat.index + 1;
  const entry: RosterEntry = {
    memberNumber,
    state: "current",
    position: seat.index + 1,
    generation: 0,
    identity: crypto.ed25519PublicKey(identitySeed) as IdentityPublicKey,
    static: crypto.x25519PublicKey(staticPrivate) as StaticPublicKey,
    name: seat.name,
  };
  const messagingStatement = signMessagingKey(crypto, {
    newsroomId: made.newsroom.newsroomId,
    memberNumber,
    generation: 0,
    period: made.period,
    identitySeed,
    seed: messagingSeed,
  });
  const messaging = crypto.kemPublicKey(messagingSeed) as MessagingPublicKey;
  return { entry, identitySeed, staticPrivate, messagingSeed, messaging, messagingStatement };
};

export const paperNewsroom = (crypto: SecretCrypto, plan: PaperPlan): PaperNewsroom => {
  const newsroom = createNewsroom(crypto, plan.day);
  const period = periodOf(plan.day);
  const journalists = plan.names.map((name, index) =>
    makeJournalist(crypto, { newsroom, period }, { name, index }),
  );
  const settings = encodeSettings(plan.settings ?? PLAIN_SETTINGS);
  const roster: Roster = {
    newsroomId: newsroom.newsroomId,
    number: 1,
    previousHash: new Uint8Array(32),
    issuedDay: plan.day,
    validUntilDay: plan.day + 35,
    settingsHash: settingsHash(crypto, settings),
    entries: journalists.map((journalist) => journalist.entry),
  };
  const rosterBytes = signRoster(crypto, roster, newsroom.seed);
  const key = { newsroomId: newsroom.newsroomId, key: newsroom.key };
  const verified = openRoster(crypto, rosterBytes, key);
  return {
    ...newsroom,
    day: plan.day,
    period,
    settings,
    rosterBytes,
    roster: verified,
    journalists,
  };
};

export const recipientsIn = (crypto: SecretCrypto, newsroom: PaperNewsroom) =>
  recipientsOf(
    crypto,
    newsroom.journalists.map((journalist) => journalist.messagingStatement),
    { roster: newsroom.roster, period: newsroom.period },
  );

export type PaperTip = {
  readonly source: SourceKeys;
  readonly addressed: readonly number[];
  readonly text: string;
  readonly sealToSource?: boolean;
  readonly files?: SealInput["body"]["files"];
};

export const paperSource = (crypto: SecretCrypto, newsroom: PaperNewsroom): SourceKeys =>
  sourceKeys(crypto, newsroom.newsroomId, crypto.random(16));

/** A tip as a source's page would seal it. */
export const sealTip = (crypto: SecretCrypto, newsroom: PaperNewsroom, tip: PaperTip) =>
  sealMessage(crypto, {
    roster: newsroom.roster,
    recipients: recipientsIn(crypto, newsroom),
    period: newsroom.period,
    mailbox: tip.source,
    messageId: crypto.random(16) as MessageId,
    addressed: new Set(tip.addressed),
    sealToSource: tip.sealToSource ?? false,
    sender: { public: tip.source.static, private: tip.source.staticPrivate },
    body: { kind: "message", answers: null, newest: [], text: tip.text, files: tip.files ?? [] },
  });

/** What `openSlot` needs to try a message as that journalist. */
export const slotTry = (
  journalist: PaperJournalist,
  headerBytes: Uint8Array,
): { readonly target: SlotTarget; readonly keys: SlotKeys } => ({
  target: {
    headerBytes,
    position: journalist.entry.position,
    identity: journalist.entry.identity,
    static: journalist.entry.static,
    messaging: journalist.messaging,
  },
  keys: { messagingSeed: journalist.messagingSeed, staticPrivate: journalist.staticPrivate },
});
