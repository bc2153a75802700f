import { concat, equal, readerOf, sized, u8, u16 } from "./bytes.ts";
import type { PublicCrypto } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { MAX_JOURNALISTS, MAX_SETTINGS, MAX_STATEMENT } from "./limits.ts";
import { type NewsroomKeys, newestEra, openNewsroomKeys } from "./newsroom-keys.ts";
import { openRoster, type VerifiedRoster } from "./roster.ts";
import { parseSettings, type Settings, settingsHash } from "./settings.ts";

/** Everything a source needs to know of a newsroom, in one answer of the server. docs/protocol.md §7. */
export type NewsroomBundle = {
  readonly newsroomStatements: readonly Uint8Array[];
  readonly roster: Uint8Array;
  readonly settings: Uint8Array;
  readonly messagingKeys: readonly Uint8Array[];
};

export const MAX_NEWSROOM_STATEMENTS = 100;

const list = (items: readonly Uint8Array[]): Uint8Array =>
  concat([u16(items.length), ...items.map(sized)]);

export const encodeBundle = (bundle: NewsroomBundle): Uint8Array =>
  concat([
    u8(1),
    list(bundle.newsroomStatements),
    sized(bundle.roster),
    sized(bundle.settings),
    list(bundle.messagingKeys),
  ]);

/** Shape only. Throws bad-structure. */
export const parseBundle = (bytes: Uint8Array): NewsroomBundle => {
  const reader = readerOf(bytes);
  const items = (most: number): readonly Uint8Array[] => {
    const count = reader.u16();
    if (count > most) throw new SealdropError("bad-structure");
    return Array.from({ length: count }, () => reader.sized(MAX_STATEMENT));
  };
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const newsroomStatements = items(MAX_NEWSROOM_STATEMENTS);
  const roster = reader.sized(MAX_STATEMENT);
  const settings = reader.sized(MAX_SETTINGS);
  const messagingKeys = items(2 * MAX_JOURNALISTS);
  reader.end();
  return { newsroomStatements, roster, settings, messagingKeys };
};

export type Newsroom = NewsroomKeys & {
  readonly roster: VerifiedRoster;
  readonly settings: Settings;
};

/**
 * Verifies the newsroom's keys, roster and settings; dates and messaging keys are the caller's next steps (`checkDates`,
 * `recipientsOf`). Throws bad-structure, bad-signature, wrong-newsroom, roster-invalid, settings-mismatch.
 */
export const openBundle = (crypto: PublicCrypto, bundle: NewsroomBundle): Newsroom => {
  const keys = openNewsroomKeys(crypto, bundle.newsroomStatements);
  const { newsroomId } = keys;
  const { key, afterRoster } = newestEra(keys);
  const roster = openRoster(crypto, bundle.roster, { newsroomId, key });
  // A rotation comes with the next roster: an older one beside it is a replay.
  if (roster.number <= afterRoster) throw new SealdropError("roster-invalid");
  if (!equal(settingsHash(crypto, bundle.settings), roster.settingsHash)) {
    throw new SealdropError("settings-mismatch");
  }
  return { ...keys, roster, settings: parseSettings(bundle.settings) };
};
