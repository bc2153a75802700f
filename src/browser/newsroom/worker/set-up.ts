import { PERIODS_AHEAD } from "../../../protocol/public/limits.ts";
import type { NewsroomKey, Roster } from "../../../protocol/public/roster.ts";
import { openRoster } from "../../../protocol/public/roster.ts";
import { encodeSettings, type Settings, settingsHash } from "../../../protocol/public/settings.ts";
import type { Me } from "../../../protocol/public/staff-api.ts";
import { dayOf, periodOf } from "../../../protocol/public/time.ts";
import { wordsOf } from "../../../protocol/public/words.ts";
import type { MessagingSeed, PassphraseCrypto } from "../../../protocol/secret/crypto.ts";
import {
  createNewsroom,
  type NewNewsroom,
  signMessagingKey,
  signRoster,
} from "../../../protocol/secret/sign.ts";
import { CodeError } from "../../kit/code-error.ts";
import {
  type AccountDraft,
  draftAccount,
  makeAccount,
  type PersonTyped,
  recoveryWordsOf,
  secondFactorOf,
} from "./new-account.ts";
import { NEWSROOM_RECORD } from "./newsroom-key.ts";
import { identityOf, ownRecords } from "./own-keys.ts";
import { pinFirst, pinRecord } from "./pin.ts";
import type { SecondFactor } from "./second-factor.ts";
import type { Session } from "./session.ts";
import { enter, type Standing } from "./standing.ts";
import { messagingRecord } from "./vault.ts";

/** The first admin makes the newsroom: key, first roster, settings, own keys. docs/protocol.md §4. */

/** What the form asks of the newsroom itself; everything else of the settings starts with a default. */
export type NewsroomTyped = {
  readonly newsroomName: string;
  readonly words: string;
  readonly otherContact: string;
};

type Draft = AccountDraft & {
  readonly newsroom: NewNewsroom;
  readonly today: number;
  readonly sourceOrigins: readonly string[];
};

export type SetUpWords = {
  readonly newsroom: readonly string[];
  readonly recovery: readonly string[];
};

const DEFAULTS = {
  pageTitle: "Contact",
  leavingPage: "https://www.wikipedia.org/",
  pauseSentence: "",
  retentionDays: 180,
  longestAbsenceDays: 90,
  rosterDays: 35,
} as const;

const settingsOf = (typed: NewsroomTyped, sourceOrigins: readonly string[]): Settings => ({
  ...DEFAULTS,
  newsroomName: typed.newsroomName,
  words: typed.words === "" ? new Map() : new Map([["en", typed.words]]),
  otherContact: typed.otherContact,
  sourceOrigins,
});

const FIRST_MEMBER = 1;

const firstRoster = (
  crypto: PassphraseCrypto,
  draft: Draft,
  given: { readonly name: string; readonly settings: Settings },
): Roster => ({
  newsroomId: draft.newsroom.newsroomId,
  number: 1,
  previousHash: new Uint8Array(32),
  issuedDay: draft.today,
  validUntilDay: draft.today + given.settings.rosterDays,
  settingsHash: settingsHash(crypto, encodeSettings(given.settings)),
  entries: [
    {
      memberNumber: FIRST_MEMBER,
      state: "current",
      position: 1,
      generation: 0,
      identity: identityOf(crypto, draft.own),
      static: draft.own.staticPublic,
      name: given.name,
    },
  ],
});

type PeriodSeed = { readonly period: number; readonly seed: MessagingSeed };

const drawSeeds = (crypto: PassphraseCrypto, today: number): readonly PeriodSeed[] =>
  Array.from({ length: PERIODS_AHEAD + 1 }, (_, ahead) => ({
    period: periodOf(today) + ahead,
    seed: crypto.random(32) as MessagingSeed,
  }));

const signSeed = (crypto: PassphraseCrypto, draft: Draft, { period, seed }: PeriodSeed) =>
  signMessagingKey(crypto, {
    newsroomId: draft.newsroom.newsroomId,
    memberNumber: FIRST_MEMBER,
    generation: 0,
    period,
    identitySeed: draft.own.identitySeed,
    seed,
  });

export type SetUpTyped = NewsroomTyped & PersonTyped & { readonly setupToken: Uint8Array };

const makeNewsroom = (crypto: PassphraseCrypto, draft: Draft, typed: SetUpTyped) => {
  const settings = settingsOf(typed, draft.sourceOrigins);
  const key: NewsroomKey = { newsroomId: draft.newsroom.newsroomId, key: draft.newsroom.key };
  const signed = firstRoster(crypto, draft, { name: typed.name, settings });
  const statement = signRoster(crypto, signed, draft.newsroom.seed);
  const roster = openRoster(crypto, statement, key);
  const seeds = drawSeeds(crypto, draft.today);
  const records = new Map([
    ...ownRecords(draft.own),
    [NEWSROOM_RECORD, draft.newsroom.seed] as const,
    pinRecord(roster),
    ...seeds.map(({ period, seed }) => [messagingRecord(period, 0), seed as Uint8Array] as const),
  ]);
  const made = makeAccount(crypto, { draft, typed, newsroomId: key.newsroomId, records });
  const messagingKeys = seeds.map((seed) => signSeed(crypto, draft, seed));
  return { made, roster, statement, settings: encodeSettings(settings), messagingKeys };
};

export const setUpFunctions = (session: Session) => {
  let draft: Draft | null = null;
  const drafted = (): Draft => {
    if (draft === null) throw new CodeError("failed");
    return draft;
  };
  return {
    /** Draws everything; the words for paper are all that the page sees of it. Throws setup-link-void. */
    startSetUp: async (input: { readonly setupToken: Uint8Array }): Promise<SetUpWords> => {
      const crypto = await session.crypto();
      const { sourceOrigins } = await session.api.call("checkSetup", input);
      const today = dayOf(session.now());
      const newsroom = createNewsroom(crypto, today);
      draft = { ...draftAccount(crypto), newsroom, today, sourceOrigins };
      return { newsroom: wordsOf(draft.newsroom.words), recovery: recoveryWordsOf(draft) };
    },

    setUpFactor: ({ userName }: { readonly userName: string }): SecondFactor =>
      secondFactorOf(drafted(), userName),

    finishSetUp: async (typed: SetUpTyped): Promise<Standing> => {
      const crypto = await session.crypto();
      const { newsroom } = drafted();
      const { made, roster, ...rest } = makeNewsroom(crypto, drafted(), typed);
      const me: Me = await session.api.call("setUp", {
        setupToken: typed.setupToken,
        created: newsroom.created,
        roster: rest.statement,
        settings: rest.settings,
        messagingKeys: rest.messagingKeys,
        account: made.account,
        vault: made.vault,
      });
      const { newsroomId, key } = newsroom;
      await pinFirst(session.store, { newsroomId, userName: typed.userName }, roster);
      draft = null;
      const by = { owner: made.owner, door: "passphrase" as const, unlockKey: made.unlockKey };
      return enter(session, { newsroom: { newsroomId, newsroomKey: key }, me, by });
    },
  };
};
