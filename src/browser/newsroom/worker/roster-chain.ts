import { equal, readerOf } from "../../../protocol/public/bytes.ts";
import type { PublicCrypto } from "../../../protocol/public/crypto.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import { MAX_SETTINGS } from "../../../protocol/public/limits.ts";
import { openRoster, type VerifiedRoster } from "../../../protocol/public/roster.ts";
import { checkFollows } from "../../../protocol/public/roster-chain.ts";
import { parseSettings, type Settings, settingsHash } from "../../../protocol/public/settings.ts";
import type { Api } from "./api.ts";
import type { Newsroom } from "./world.ts";

/** All rosters from the first on, each verified and each following the one before. docs/protocol.md §5.3. */

export type Link = { readonly roster: VerifiedRoster; readonly settings: Settings };

export type Chain = {
  newest(): Link;
  find(number: number, hash: Uint8Array): VerifiedRoster | null;
  /** Fetches what came since; true when there was any. */
  fetchNewer(background: boolean): Promise<boolean>;
};

const MAX_STATEMENT = 131_200;
const PAGE = 100;

type Fetched = { readonly statement: Uint8Array; readonly settings: Uint8Array };

const parsePage = (bytes: Uint8Array): readonly Fetched[] => {
  const reader = readerOf(bytes);
  const count = reader.u16();
  if (count > PAGE) throw new SealdropError("bad-structure");
  const page = Array.from({ length: count }, () => ({
    statement: reader.sized(MAX_STATEMENT),
    settings: reader.sized(MAX_SETTINGS),
  }));
  reader.end();
  return page;
};

export type ChainWorld = {
  readonly crypto: PublicCrypto;
  readonly api: Api;
  readonly newsroom: Newsroom;
};

const openLink = (world: ChainWorld, fetched: Fetched, previous: VerifiedRoster | null): Link => {
  const { crypto, newsroom } = world;
  const roster = openRoster(crypto, fetched.statement, {
    newsroomId: newsroom.newsroomId,
    key: newsroom.newsroomKey,
  });
  checkFollows(previous, roster);
  if (!equal(settingsHash(crypto, fetched.settings), roster.settingsHash)) {
    throw new SealdropError("settings-mismatch");
  }
  return { roster, settings: parseSettings(fetched.settings) };
};

/** Throws bad-structure, bad-signature, wrong-newsroom, roster-invalid, settings-mismatch; not-set-up when there is none. */
export const fetchChain = async (world: ChainWorld): Promise<Chain> => {
  const links: Link[] = [];
  const fetchNewer = async (background: boolean): Promise<boolean> => {
    const before = links.length;
    for (;;) {
      const path = `/api/rosters?from=${links.length + 1}`;
      const page = parsePage(await world.api.bytes(path, { background }));
      for (const fetched of page) {
        links.push(openLink(world, fetched, links.at(-1)?.roster ?? null));
      }
      if (page.length < PAGE) return links.length > before;
    }
  };
  await fetchNewer(false);
  const newest = (): Link => {
    const link = links.at(-1);
    if (link === undefined) throw new SealdropError("not-set-up");
    return link;
  };
  newest();
  return {
    newest,
    // Numbers start at 1 and leave none out, which checkFollows has made sure of.
    find: (number, hash) => {
      const roster = links[number - 1]?.roster;
      return roster !== undefined && equal(roster.hash, hash) ? roster : null;
    },
    fetchNewer,
  };
};
