import { equal } from "../../../../protocol/public/bytes.ts";
import { SealdropError } from "../../../../protocol/public/errors.ts";
import { leafHash } from "../../../../protocol/public/log-tree.ts";
import { type MessagingKey, parseMessagingKey } from "../../../../protocol/public/messaging-key.ts";
import type { NewsroomKeys } from "../../../../protocol/public/newsroom-keys.ts";
import { parseRoster, rosterHash } from "../../../../protocol/public/roster.ts";
import { parseStatement, verifyStatement } from "../../../../protocol/public/statement.ts";
import { isPeriodClosed, periodOf } from "../../../../protocol/public/time.ts";
import type { MessagingSeed } from "../../../../protocol/secret/crypto.ts";
import { codeOf } from "../../../kit/code-error.ts";
import { messagingRecord } from "../vault.ts";
import type { World } from "../world.ts";
import { createEraReader } from "./eras.ts";
import type { LoggedRoster, OwnKey } from "./memory.ts";
import { type FoundRestored, findRestored } from "./restoring.ts";

/** What new leaves say: which rosters there are, and which messaging keys bear one's own name. */

/** With how many rosters were read before it. */
export type PlacedRestored = FoundRestored & { readonly rostersBefore: number };

export type LeavesRead = {
  readonly rosters: readonly LoggedRoster[];
  readonly ownKeys: readonly OwnKey[];
  /** Signed in one's own name, not over yet, and not in the vault. */
  readonly foreign: readonly OwnKey[];
  /** To be believed only when the log was read from its first leaf on. */
  readonly restored: readonly PlacedRestored[];
  /** Leaf hashes of all *restored* that any key of the newsroom has signed, wherever the reading began. */
  readonly passed: readonly Uint8Array[];
};

export type LeafReader = { read(leaf: Uint8Array): void; done(): Promise<LeavesRead> };

const KINDS = { rotated: 2, roster: 3, messagingKey: 4, restored: 6 } as const;

/** Any key that ever was this member's identity could have signed it. */
const isSignedByMe = (world: World, leaf: Uint8Array): boolean => {
  const statement = parseStatement(leaf, "messaging-key");
  const { crypto, newsroomId, memberNumber, roster } = world;
  return roster.entries
    .filter((entry) => entry.memberNumber === memberNumber)
    .some((entry) => {
      try {
        verifyStatement(crypto, statement, { newsroomId, key: entry.identity });
        return true;
      } catch {
        return false;
      }
    });
};

/** Nothing is over by one of two clocks alone: a leaf is read once, and what is let go of does not come back. */
const earlierDay = ({ today, me }: World): number => Math.min(today, me.today);
export const isOver = (world: World, period: number): boolean =>
  isPeriodClosed(period, earlierDay(world));
export const isBefore = (world: World, period: number): boolean =>
  period < periodOf(earlierDay(world));

/** A seed that is no longer there belongs to a period that is over; else another tab may have just drawn it. */
const isMine = (world: World, key: MessagingKey): boolean => {
  const { crypto, records } = world;
  const seed = records.get(messagingRecord(key.period, key.generation)) as MessagingSeed | null;
  if (seed === null) return isOver(world, key.period);
  return equal(crypto.kemPublicKey(seed), key.key);
};

type Found = { readonly leaf: Uint8Array; readonly key: MessagingKey };

const placeOf = ({ key: { generation, period } }: Found): OwnKey => ({ generation, period });

export const createLeafReader = (world: World, keys: NewsroomKeys): LeafReader => {
  const eras = createEraReader(world, keys);
  const rosters: LoggedRoster[] = [];
  const restored: PlacedRestored[] = [];
  const passed: Uint8Array[] = [];
  const mine: Found[] = [];

  const readRestored = (leaf: Uint8Array): void => {
    const key = eras.keyForRestored();
    const found = key === null ? null : findRestored(world, leaf, key);
    if (found !== null) restored.push({ ...found, rostersBefore: rosters.length });
    const isSigned = keys.eras.some((era) => findRestored(world, leaf, era.key) !== null);
    if (isSigned) passed.push(leafHash(world.crypto, leaf));
  };

  const readStatement = (leaf: Uint8Array): void => {
    if (leaf[0] === KINDS.rotated) eras.read(leaf);
    if (leaf[0] === KINDS.roster) {
      const { payload } = parseStatement(leaf, "roster");
      rosters.push({
        number: parseRoster(payload).number,
        hash: rosterHash(world.crypto, payload),
      });
    }
    if (leaf[0] !== KINDS.messagingKey) return;
    const key = parseMessagingKey(leaf);
    if (key.memberNumber === world.memberNumber) mine.push({ leaf, key });
  };

  return {
    read: (leaf) => {
      if (leaf[0] === KINDS.restored) readRestored(leaf);
      try {
        readStatement(leaf);
      } catch (error) {
        // What is no statement deceives nobody: no client takes it for one.
        if (!(error instanceof SealdropError) || codeOf(error) !== "bad-structure") throw error;
      }
    },
    done: async () => {
      if (mine.some(({ key }) => !isMine(world, key))) await world.records.reload();
      const isOwn = ({ key }: Found): boolean => isMine(world, key);
      return {
        rosters,
        ownKeys: mine.filter((one) => !isBefore(world, one.key.period) && isOwn(one)).map(placeOf),
        restored,
        passed,
        foreign: mine.filter((one) => !isOwn(one) && isSignedByMe(world, one.leaf)).map(placeOf),
      };
    },
  };
};
