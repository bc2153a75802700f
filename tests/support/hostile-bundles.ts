import { randomBytes } from "node:crypto";
import { encodeBundle, type NewsroomBundle } from "../../src/protocol/public/bundle.ts";
import type { StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import { encodeRoster, type Roster, type RosterEntry } from "../../src/protocol/public/roster.ts";
import { encodeSettings, type Settings } from "../../src/protocol/public/settings.ts";
import { encodeStatement, parseStatement } from "../../src/protocol/public/statement.ts";
import { dayOf, periodOf } from "../../src/protocol/public/time.ts";
import { loadSodium } from "../../src/protocol/secret/backend-sodium.ts";
import type {
  MessagingSeed,
  NewsroomSeed,
  SecretCrypto,
} from "../../src/protocol/secret/crypto.ts";
import {
  commitToNext,
  seedOfNewsroomWords,
  signMessagingKey,
  signRoster,
  signRotation,
} from "../../src/protocol/secret/sign.ts";
import { LOW_ORDER } from "../vectors/low-order.ts";
import { type PaperNewsroom, PLAIN_SETTINGS, paperNewsroom } from "./paper-newsroom.ts";

/** What a server that has been taken over says of a newsroom, and what the source's page must do about it. */
export type Attack = {
  readonly name: string;
  readonly bundle: Uint8Array;
  /** "closed": no form. A name: that journalist is not reachable, the others are. */
  readonly expect: { readonly closed: RegExp } | { readonly unreachable: string };
  /** The 32 bytes that the link names. */
  readonly fragment?: Uint8Array;
};

const untrue = /does not carry the newsroom.s true signature/;
const both = ["Anna Example", "Ben Muster"];

export const realCrypto = async (): Promise<SecretCrypto> => {
  const loaded = await loadSodium((length) => new Uint8Array(randomBytes(length)));
  if (!loaded.ok) throw new Error(loaded.code);
  return loaded.crypto;
};

export type Stage = {
  readonly crypto: SecretCrypto;
  readonly newsroom: PaperNewsroom;
  readonly honest: NewsroomBundle;
};

export const honestStage = (
  crypto: SecretCrypto,
  nowMs: number,
  plan: { readonly settings?: Settings; readonly names?: readonly string[] } = {},
): Stage => {
  const { settings = PLAIN_SETTINGS, names = both } = plan;
  const newsroom = paperNewsroom(crypto, { day: dayOf(nowMs), names, settings });
  const honest = {
    newsroomStatements: [newsroom.created],
    roster: newsroom.rosterBytes,
    settings: newsroom.settings,
    messagingKeys: newsroom.journalists.map(({ messagingStatement }) => messagingStatement),
  };
  return { crypto, newsroom, honest };
};

const rosterOf = ({ newsroom }: Stage, change: Partial<Roster>): Roster => {
  const { hash: _hash, membersHash: _members, ...roster } = newsroom.roster;
  return { ...roster, ...change };
};

/** As an admin would sign it: an insider's roster, or one that was true once. */
const signed = (stage: Stage, change: Partial<Roster>): Uint8Array =>
  encodeBundle({
    ...stage.honest,
    roster: signRoster(stage.crypto, rosterOf(stage, change), stage.newsroom.seed),
  });

/** The server's own edit under the signature that stood there. */
const edited = (stage: Stage, change: Partial<Roster>): Uint8Array => {
  const { kind, signature } = parseStatement(stage.honest.roster, "roster");
  const payload = encodeRoster(rosterOf(stage, change));
  return encodeBundle({ ...stage.honest, roster: encodeStatement({ kind, payload, signature }) });
};

const entriesOf = ({ newsroom }: Stage): readonly RosterEntry[] => newsroom.roster.entries;

const changeFirst = (stage: Stage, change: Partial<RosterEntry>): readonly RosterEntry[] =>
  entriesOf(stage).map((entry, index) => (index === 0 ? { ...entry, ...change } : entry));

const withKeys = (stage: Stage, first: readonly Uint8Array[]): Uint8Array =>
  encodeBundle({
    ...stage.honest,
    messagingKeys: [...first, ...stage.honest.messagingKeys.slice(1)],
  });

const keyAttacks = (stage: Stage): readonly Attack[] => {
  const { crypto, newsroom, honest } = stage;
  const [anna, ben] = newsroom.journalists;
  if (anna === undefined || ben === undefined) throw new Error("two journalists are needed");
  const plan = { newsroomId: newsroom.newsroomId, memberNumber: 1, generation: 0 };
  const theirs = { seed: crypto.random(32) as MessagingSeed };
  const own = { ...plan, ...theirs, period: newsroom.period, identitySeed: anna.identitySeed };
  const unreachable = "Anna Example";
  const flipped = Uint8Array.from(anna.messagingStatement);
  flipped[100] = (flipped[100] ?? 0) ^ 1;
  const attackers = signMessagingKey(crypto, { ...own, identitySeed: ben.identitySeed });
  return [
    { name: "a messaging key signed by somebody else", bundle: withKeys(stage, [attackers]) },
    { name: "a messaging key altered under its signature", bundle: withKeys(stage, [flipped]) },
    {
      name: "a messaging key of a closed period",
      bundle: withKeys(stage, [
        signMessagingKey(crypto, { ...own, period: periodOf(newsroom.day) - 2 }),
      ]),
    },
    {
      name: "two keys for one place",
      bundle: withKeys(stage, [anna.messagingStatement, signMessagingKey(crypto, own)]),
    },
    { name: "one messaging key withheld", bundle: withKeys(stage, []) },
    {
      name: "a void messaging key",
      bundle: signed(stage, { entries: changeFirst(stage, { generation: 1 }) }),
    },
  ]
    .map((attack): Attack => ({ ...attack, expect: { unreachable } }))
    .concat({
      name: "every messaging key withheld",
      bundle: encodeBundle({ ...honest, messagingKeys: [] }),
      expect: { closed: /No journalist can be reached now/ },
    });
};

const memberAttacks = (stage: Stage): readonly Attack[] => {
  const { crypto } = stage;
  const [anna, ben] = entriesOf(stage);
  if (anna === undefined || ben === undefined) throw new Error("two journalists are needed");
  const stranger: RosterEntry = {
    ...ben,
    memberNumber: 3,
    position: 3,
    name: "Mallory",
    identity: crypto.ed25519PublicKey(crypto.random(32)) as RosterEntry["identity"],
    static: crypto.x25519PublicKey(crypto.random(32)) as StaticPublicKey,
  };
  const lowOrder = LOW_ORDER.map((text) => Buffer.from(text, "hex"));
  const attacks: readonly (readonly [string, Uint8Array])[] = [
    ["a member added", edited(stage, { entries: [anna, ben, stranger] })],
    ["a member taken out", edited(stage, { entries: [anna] })],
    [
      "a retired member listed again",
      edited(
        {
          ...stage,
          honest: {
            ...stage.honest,
            roster: signRoster(
              crypto,
              rosterOf(stage, { entries: [anna, { ...ben, state: "left", position: 0 }] }),
              stage.newsroom.seed,
            ),
          },
        },
        { entries: [anna, ben] },
      ),
    ],
    [
      "positions exchanged",
      edited(stage, {
        entries: [
          { ...anna, position: 2 },
          { ...ben, position: 1 },
        ],
      }),
    ],
    [
      "two members in one position",
      signed(stage, { entries: changeFirst(stage, { position: 2 }) }),
    ],
    ["a position left empty", signed(stage, { entries: [anna, { ...ben, position: 3 }] })],
    [
      "two equal static keys",
      signed(stage, { entries: changeFirst(stage, { static: ben.static }) }),
    ],
    [
      "two equal identities",
      signed(stage, { entries: changeFirst(stage, { identity: ben.identity }) }),
    ],
    [
      "a static key of somebody who left, again",
      signed(stage, {
        entries: [anna, ben, { ...stranger, state: "left", position: 0, static: anna.static }],
      }),
    ],
    ...lowOrder.map((point, index): readonly [string, Uint8Array] => [
      `a static key of low order (${index + 1})`,
      signed(stage, {
        entries: changeFirst(stage, { static: new Uint8Array(point) as StaticPublicKey }),
      }),
    ]),
    ["a longer validity", edited(stage, { validUntilDay: stage.newsroom.day + 4000 })],
    [
      "other words of the newsroom",
      encodeBundle({
        ...stage.honest,
        settings: encodeSettings({ ...PLAIN_SETTINGS, otherContact: "Call Mallory." }),
      }),
    ],
  ];
  return attacks.map(([name, bundle]) => ({ name, bundle, expect: { closed: untrue } }));
};

const dateAttacks = (stage: Stage): readonly Attack[] => {
  const { day } = stage.newsroom;
  return [
    {
      name: "a lapsed roster",
      bundle: signed(stage, { issuedDay: day - 40, validUntilDay: day - 5 }),
      expect: { closed: /Our list of journalists is out of date/ },
    },
    {
      name: "a roster of the future",
      bundle: signed(stage, { issuedDay: day + 5, validUntilDay: day + 40 }),
      expect: { closed: /date of your device seems to be wrong/ },
    },
  ];
};

const wholeAttacks = (stage: Stage): readonly Attack[] => {
  const other = honestStage(stage.crypto, stage.newsroom.day * 86_400_000);
  const whole = encodeBundle(other.honest);
  return [
    {
      name: "another newsroom than the link names",
      bundle: whole,
      fragment: stage.newsroom.key,
      expect: { closed: /This is not the newsroom your link names/ },
    },
    {
      name: "another newsroom's key before this one's roster",
      bundle: encodeBundle({
        ...stage.honest,
        newsroomStatements: other.honest.newsroomStatements,
      }),
      expect: { closed: untrue },
    },
    {
      name: "this newsroom's key before another one's roster",
      bundle: encodeBundle({
        ...other.honest,
        newsroomStatements: stage.honest.newsroomStatements,
      }),
      fragment: stage.newsroom.key,
      expect: { closed: untrue },
    },
    {
      name: "half an answer",
      bundle: encodeBundle(stage.honest).slice(0, 700),
      expect: { closed: /(?:true signature|did not load completely)/ },
    },
  ];
};

/** A server that also holds the former newsroom key, after a rotation behind roster 1. */
const rotationAttacks = (stage: Stage): readonly Attack[] => {
  const { crypto, honest, newsroom } = stage;
  const { newsroomId, created, day } = newsroom;
  const seed = seedOfNewsroomWords(crypto, newsroom.words);
  const key = crypto.ed25519PublicKey(seed);
  const nextCommitment = commitToNext(crypto, crypto.random(32));
  const plan = { newsroomId, ordinal: 1, formerSeed: newsroom.seed, seed, nextCommitment };
  const rotation = signRotation(crypto, { ...plan, afterRoster: 1, day });
  const own = crypto.random(32) as NewsroomSeed;
  const usurped = signRotation(crypto, { ...plan, seed: own, afterRoster: 1, day });
  const secondRoster = (by: NewsroomSeed): Uint8Array =>
    signRoster(crypto, { ...newsroom.roster, number: 2, previousHash: newsroom.roster.hash }, by);
  const attack = (name: string, roster: Uint8Array, statements: readonly Uint8Array[]) => ({
    name,
    bundle: encodeBundle({ ...honest, roster, newsroomStatements: [created, ...statements] }),
    expect: { closed: untrue },
  });
  return [
    attack("the former key's list behind the rotation", secondRoster(newsroom.seed), [rotation]),
    attack("the former key's last list beside the rotation", honest.roster, [rotation]),
    attack("a new key that nobody committed to", secondRoster(own), [usurped]),
    attack("the same rotation twice", secondRoster(seed), [rotation, rotation]),
    {
      ...attack("the rotation held back from a link of the new key", honest.roster, []),
      fragment: key,
      expect: { closed: /This is not the newsroom your link names/ },
    },
  ];
};

export const attacksOn = (stage: Stage): readonly Attack[] => [
  ...keyAttacks(stage),
  ...memberAttacks(stage),
  ...dateAttacks(stage),
  ...wholeAttacks(stage),
  ...rotationAttacks(stage),
];
