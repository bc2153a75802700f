import { concat, equal, readerOf, sized, u8, u16, utf8 } from "./bytes.ts";
import type { PublicCrypto } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { hash } from "./labels.ts";
import { MAX_SETTINGS } from "./limits.ts";

/**
 * What the newsroom says of itself, bound by its hash in the roster so that the server cannot alter a word.
 * docs/protocol.md §4.4: fields in this order, texts length-prefixed, words by language tag in ascending order.
 */
export type Settings = {
  readonly newsroomName: string;
  /** The neutral page title; the same on every step. */
  readonly pageTitle: string;
  /** The newsroom's own words for the source's page, by language tag. */
  readonly words: ReadonlyMap<string, string>;
  /** How else to reach the newsroom, when this box cannot. */
  readonly otherContact: string;
  /** http or https address that *leave quickly* opens. */
  readonly leavingPage: string;
  /** Empty when intake is open; else what sources are told. */
  readonly pauseSentence: string;
  readonly retentionDays: number;
  readonly longestAbsenceDays: number;
  readonly rosterDays: number;
  /** Origins this newsroom's source page is served from; any other host is a copy or a proxy. */
  readonly sourceOrigins: readonly string[];
};

export const SETTINGS_LIMITS = {
  newsroomName: 80,
  pageTitle: 80,
  words: 4_000,
  otherContact: 1_000,
  leavingPage: 500,
  pauseSentence: 500,
  languages: 20,
  origins: 8,
  retentionDays: [1, 3_650],
  longestAbsenceDays: [30, 365],
  rosterDays: [7, 90],
} as const;

const text = (value: string): Uint8Array => sized(utf8(value));

export const encodeSettings = (settings: Settings): Uint8Array => {
  const words = [...settings.words].sort(([a], [b]) => (a < b ? -1 : 1));
  return concat([
    u8(1),
    text(settings.newsroomName),
    text(settings.pageTitle),
    u16(words.length),
    ...words.flatMap(([language, said]) => [text(language), text(said)]),
    text(settings.otherContact),
    text(settings.leavingPage),
    text(settings.pauseSentence),
    u16(settings.retentionDays),
    u16(settings.longestAbsenceDays),
    u16(settings.rosterDays),
    u16(settings.sourceOrigins.length),
    ...settings.sourceOrigins.map(text),
  ]);
};

const within = (value: number, [least, most]: readonly [number, number]): number => {
  if (value < least || value > most) throw new SealdropError("bad-structure");
  return value;
};

/** At most four bytes a character; the character limits are `SETTINGS_LIMITS`. Throws bad-structure. */
export const parseSettings = (bytes: Uint8Array): Settings => {
  if (bytes.length > MAX_SETTINGS) throw new SealdropError("bad-structure");
  const reader = readerOf(bytes);
  const field = (characters: number): string => {
    const value = reader.text(characters * 4);
    if (value.length > characters) throw new SealdropError("bad-structure");
    return value;
  };
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const newsroomName = field(SETTINGS_LIMITS.newsroomName);
  const pageTitle = field(SETTINGS_LIMITS.pageTitle);
  const words = new Map<string, string>();
  const languages = within(reader.u16(), [0, SETTINGS_LIMITS.languages]);
  for (let i = 0; i < languages; i++) words.set(field(35), field(SETTINGS_LIMITS.words));
  const otherContact = field(SETTINGS_LIMITS.otherContact);
  const leavingPage = field(SETTINGS_LIMITS.leavingPage);
  const pauseSentence = field(SETTINGS_LIMITS.pauseSentence);
  const retentionDays = within(reader.u16(), SETTINGS_LIMITS.retentionDays);
  const longestAbsenceDays = within(reader.u16(), SETTINGS_LIMITS.longestAbsenceDays);
  const rosterDays = within(reader.u16(), SETTINGS_LIMITS.rosterDays);
  const origins = within(reader.u16(), [0, SETTINGS_LIMITS.origins]);
  const sourceOrigins = Array.from({ length: origins }, () => field(200));
  reader.end();
  const settings: Settings = {
    newsroomName,
    pageTitle,
    words,
    otherContact,
    leavingPage,
    pauseSentence,
    retentionDays,
    longestAbsenceDays,
    rosterDays,
    sourceOrigins,
  };
  if (!/^https?:\/\//.test(leavingPage)) throw new SealdropError("bad-structure");
  // One encoding for one meaning: unsorted or repeated languages do not come back as they were.
  if (!equal(encodeSettings(settings), bytes)) throw new SealdropError("bad-structure");
  return settings;
};

export const settingsHash = (crypto: PublicCrypto, bytes: Uint8Array): Uint8Array =>
  hash(crypto, "settings-hash", [bytes]);
