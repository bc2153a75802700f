import { equal, readerOf } from "../../../protocol/public/bytes.ts";
import type { PublicCrypto } from "../../../protocol/public/crypto.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import { MAX_SETTINGS, MAX_STATEMENT } from "../../../protocol/public/limits.ts";
import { keyOfRoster, type NewsroomKeys } from "../../../protocol/public/newsroom-keys.ts";
import { openRoster, type VerifiedRoster } from "../../../protocol/public/roster.ts";
import { checkFollows } from "../../../protocol/public/roster-chain.ts";
import { parseSettings, type Settings, settingsHash } from "../../../protocol/public/settings.ts";
import { codeOf } from "../../kit/code-error.ts";
import type { Api } from "./api.ts";
import { fetchKeys } from "./newsroom.ts";
import type { Newsroom } from "./world.ts";

/** All rosters from the first on, each verified and each following the one before. docs/protocol.md §5.3. */

export type Link = { readonly roster: VerifiedRoster; readonly settings: Settings };

export type Chain = {
  newest(): Link;
  /** Whose signatures the rosters bear, newest last. */
  keys(): NewsroomKeys;
  first(): VerifiedRoster;
  find(number: number, hash: Uint8Array): VerifiedRoster | null;
  /** Fetches what came since; true when there was any. */
  fetchNewer(background: boolean): Promise<boolean>;
};

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

type Before = { readonly keys: NewsroomKeys; readonly links: readonly Link[] };

const openLink = ({ crypto }: ChainWorld, fetched: Fetched, { keys, links }: Before): Link => {
  const { newsroomId } = keys;
  const key = keyOfRoster(keys, links.length + 1);
  const roster = openRoster(crypto, fetched.statement, { newsroomId, key });
  checkFollows(links.at(-1)?.roster ?? null, roster);
  if (!equal(settingsHash(crypto, fetched.settings), roster.settingsHash)) {
    throw new SealdropError("settings-mismatch");
  }
  return { roster, settings: parseSettings(fetched.settings) };
};

const fetchOwnKeys = async ({ crypto, api, newsroom }: ChainWorld): Promise<NewsroomKeys> => {
  const keys = await fetchKeys(crypto, api);
  if (!equal(keys.newsroomId, newsroom.newsroomId)) throw new SealdropError("wrong-newsroom");
  return keys;
};

/** A later answer may only add rotations, and none that takes back a roster seen already. */
const checkKeysFollow = ({ keys, links }: Before, next: NewsroomKeys): void => {
  const kept = keys.eras.every((era, i) => {
    const same = next.eras[i];
    return (
      same !== undefined &&
      equal(same.key, era.key) &&
      equal(same.nextCommitment, era.nextCommitment) &&
      same.afterRoster === era.afterRoster
    );
  });
  const added = next.eras.slice(keys.eras.length);
  if (!kept || added.some(({ afterRoster }) => afterRoster < links.length)) {
    throw new SealdropError("roster-invalid");
  }
};

/** Throws bad-structure, bad-signature, wrong-newsroom, roster-invalid, settings-mismatch; not-set-up when there is none. */
export const fetchChain = async (world: ChainWorld): Promise<Chain> => {
  const links: Link[] = [];
  let keys = await fetchOwnKeys(world);
  const take = async (fetched: Fetched): Promise<void> => {
    try {
      links.push(openLink(world, fetched, { keys, links }));
    } catch (error) {
      if (codeOf(error) !== "bad-signature") throw error;
      // A rotation is stored together with its roster: asked now, the server knows of it.
      const next = await fetchOwnKeys(world);
      checkKeysFollow({ keys, links }, next);
      keys = next;
      links.push(openLink(world, fetched, { keys, links }));
    }
  };
  const fetchAll = async (background: boolean): Promise<boolean> => {
    const before = links.length;
    for (;;) {
      const path = `/api/rosters?from=${links.length + 1}`;
      const page = parsePage(await world.api.bytes(path, { background }));
      for (const fetched of page) await take(fetched);
      if (page.length < PAGE) return links.length > before;
    }
  };
  // One after the other: several rooms ask, and the same roster taken twice would not follow itself.
  let turn: Promise<unknown> = Promise.resolve();
  const fetchNewer = (background: boolean): Promise<boolean> => {
    const mine = turn.then(() => fetchAll(background));
    turn = mine.catch(() => undefined);
    return mine;
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
    keys: () => keys,
    first: () => links[0]?.roster ?? newest().roster,
    // Numbers start at 1 and leave none out, which checkFollows has made sure of.
    find: (number, hash) => {
      const roster = links[number - 1]?.roster;
      return roster !== undefined && equal(roster.hash, hash) ? roster : null;
    },
    fetchNewer,
  };
};
