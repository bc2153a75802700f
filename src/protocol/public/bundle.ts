import { concat, equal, readerOf, sized, u8, u16 } from "./bytes.ts";
import type { NewsroomId, NewsroomPublicKey, PublicCrypto } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { MAX_JOURNALISTS, MAX_SETTINGS } from "./limits.ts";
import { openRoster, type VerifiedRoster } from "./roster.ts";
import { parseSettings, type Settings, settingsHash } from "./settings.ts";
import { openNewsroomCreated } from "./statement.ts";

/** Everything a source needs to know of a newsroom, in one answer of the server. docs/protocol.md §7. */
export type NewsroomBundle = {
  readonly newsroomStatements: readonly Uint8Array[];
  readonly roster: Uint8Array;
  readonly settings: Uint8Array;
  readonly messagingKeys: readonly Uint8Array[];
};

const MAX_STATEMENT = 131_200;
const MAX_NEWSROOM_STATEMENTS = 100;

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

export type Newsroom = {
  readonly newsroomId: NewsroomId;
  readonly newsroomKey: NewsroomPublicKey;
  readonly roster: VerifiedRoster;
  readonly settings: Settings;
};

/**
 * Verifies newsroom key, roster and settings; dates and messaging keys are the caller's next steps (`checkDates`, `recipientsOf`).
 * Throws bad-structure, bad-signature, wrong-newsroom, roster-invalid, settings-mismatch.
 */
export const openBundle = (crypto: PublicCrypto, bundle: NewsroomBundle): Newsroom => {
  const [created, ...rotations] = bundle.newsroomStatements;
  // Rotating the newsroom key is not part of version 1: a list with more in it is not understood, so not trusted.
  if (created === undefined || rotations.length > 0) throw new SealdropError("bad-structure");
  const { newsroomId, newsroomKey } = openNewsroomCreated(crypto, created);
  const roster = openRoster(crypto, bundle.roster, { newsroomId, key: newsroomKey });
  if (!equal(settingsHash(crypto, bundle.settings), roster.settingsHash)) {
    throw new SealdropError("settings-mismatch");
  }
  return { newsroomId, newsroomKey, roster, settings: parseSettings(bundle.settings) };
};
