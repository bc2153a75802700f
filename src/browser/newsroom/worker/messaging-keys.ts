import { PERIODS_AHEAD } from "../../../protocol/public/limits.ts";
import { isPeriodClosed, lastDayOf, periodOf } from "../../../protocol/public/time.ts";
import type { MessagingSeed } from "../../../protocol/secret/crypto.ts";
import { signMessagingKey } from "../../../protocol/secret/sign.ts";
import { codeOf } from "../../kit/code-error.ts";
import type { StayingLetter } from "./letters.ts";
import type { Opened, Session } from "./session.ts";
import { messagingRecord, messagingRecords, type VaultChange } from "./vault.ts";
import type { World } from "./world.ts";

/** One's own messaging keys: made 13 periods ahead, published, and destroyed after their period. docs/protocol.md §6. */

const wanted = (today: number): readonly number[] =>
  Array.from({ length: PERIODS_AHEAD + 1 }, (_, ahead) => periodOf(today) + ahead);

/** Keys go into the vault before anybody hears of them: a published key without its private half would swallow tips. */
const drawMissing = (world: World): Promise<void> =>
  world.records.change((records): VaultChange | null => {
    const { generation } = world.entry;
    const missing = wanted(world.today)
      .map((period) => messagingRecord(period, generation))
      .filter((id) => !records.has(id));
    if (missing.length === 0) return null;
    return { put: new Map(missing.map((id) => [id, world.crypto.random(32)])) };
  });

/** A full vault gets no more of them, and the desk opens all the same: nothing could be removed from one that stays shut. */
const drawIfRoom = async (world: World): Promise<void> => {
  try {
    await drawMissing(world);
  } catch (error) {
    if (codeOf(error) !== "too-large") throw error;
  }
};

const published = async (world: World): Promise<readonly number[]> => {
  const { keys } = await world.api.call("messagingKeys", null);
  return keys
    .filter((key) => key.memberNumber === world.memberNumber)
    .filter((key) => key.generation === world.entry.generation)
    .map((key) => key.period);
};

const statementOf = (world: World, period: number): Uint8Array => {
  const { crypto, newsroomId, memberNumber, own, entry, records } = world;
  const seed = records.get(messagingRecord(period, entry.generation)) as MessagingSeed;
  const { generation } = entry;
  const { identitySeed } = own;
  return signMessagingKey(crypto, {
    newsroomId,
    memberNumber,
    generation,
    period,
    identitySeed,
    seed,
  });
};

const publish = async (opened: Opened, periods: readonly number[]): Promise<void> => {
  const { world } = opened;
  try {
    const statements = periods.map((period) => statementOf(world, period));
    await world.api.call("publishMessagingKeys", { statements });
    opened.foreignKey = false;
  } catch (error) {
    if (codeOf(error) !== "key-exists") throw error;
    opened.foreignKey = true;
  }
};

/**
 * Every period up to 13 ahead has a key in the vault, as long as there is room, and its statement on the server. Statements are sent
 * for all of them, not only for what the server says is missing: it refuses where another key stands, and that must not stay hidden.
 */
export const topUp = async (session: Session): Promise<void> => {
  const opened = session.opened();
  const { world } = opened;
  // With two days to choose from, neither is safe to make keys for; the desk opens and says so.
  if (!world.clockAgrees) return;
  await drawIfRoom(world);
  const there = await published(world);
  const { generation } = world.entry;
  const periods = wanted(world.today).filter(
    (period) => world.messagingSeed(generation, period) !== null,
  );
  if (!periods.every((period) => there.includes(period))) await publish(opened, periods);
  if (opened.toppedUp === generation) return;
  opened.toppedUp = generation;
  session.lookAgain?.();
};

/** The last day for which sources can seal to this member, by what stands in the vault. */
export const reachableUntil = (world: World): number | null => {
  const ids = world.records.ids();
  let period = periodOf(world.today);
  if (!ids.includes(messagingRecord(period, world.entry.generation))) return null;
  while (ids.includes(messagingRecord(period + 1, world.entry.generation))) period += 1;
  return lastDayOf(period);
};

const closedPeriods = async (world: World): Promise<ReadonlyMap<number, number>> => {
  const { closed } = await world.api.call("closedPeriods", null, { background: true });
  return new Map(closed.map(({ period, unopened }) => [period, unopened]));
};

type KeyPlace = { readonly period: number; readonly generation: number };

/** Every generation there has been: for a period whose keys went earlier, and the server did not hear of it. */
const allGenerations = (world: World, period: number): readonly KeyPlace[] =>
  Array.from({ length: world.entry.generation + 1 }, (_, generation) => ({ period, generation }));

/**
 * Held, and past the longest absence: the server has dropped their key and slots by then and never names them again. Not
 * earlier: what a replica does not name it may not have closed yet.
 */
const abandonedPeriods = ({ records, today, clockAgrees, settings }: World): readonly number[] => {
  if (!clockAgrees) return [];
  const held = new Set(messagingRecords(records.ids()).map(({ period }) => period));
  return [...held].filter((period) => today > lastDayOf(period) + settings.longestAbsenceDays);
};

/** Answers of how many periods there were any. */
const dropSeeds = async (world: World, periods: readonly number[]): Promise<number> => {
  const mine = messagingRecords(world.records.ids()).filter(({ period }) =>
    periods.includes(period),
  );
  if (mine.length > 0) {
    await world.records.change(() => ({ remove: mine.map(({ id }) => id) }));
  }
  return new Set(mine.map(({ period }) => period)).size;
};

/**
 * Destroys the keys of periods that the server had called closed before everything was listed, and that a second answer, after
 * the listing, shows without an unopened slot; and abandoned ones that neither answer names. Never those that a letter needs which has
 * to stay. docs/protocol.md §12.4, §15.
 */
export const destroyClosed = async (
  session: Session,
  closedBefore: ReadonlySet<number>,
  staying: readonly StayingLetter[],
): Promise<void> => {
  const opened = session.opened();
  const { world } = opened;
  const needed = new Set(staying.map(({ period }) => period));
  const abandoned = abandonedPeriods(world).filter((period) => !needed.has(period));
  if (closedBefore.size === 0 && abandoned.length === 0) return;
  const closedNow = await closedPeriods(world);
  const ready = [...closedBefore].filter(
    (period) =>
      isPeriodClosed(period, world.today) && closedNow.get(period) === 0 && !needed.has(period),
  );
  const unnamed = abandoned.filter((period) => !closedBefore.has(period) && !closedNow.has(period));
  opened.destroyed += await dropSeeds(world, [...ready, ...unnamed]);
  if (ready.length === 0) return;
  const periods = ready.flatMap((period) => allGenerations(world, period));
  await world.api.call("destroyedMessagingKeys", { periods });
};

/** To be asked before reading starts; what it answers goes to `destroyClosed` after everything is read. */
export const closedBeforeReading = async (session: Session): Promise<ReadonlySet<number>> => {
  const { world } = session.opened();
  return new Set((await closedPeriods(world)).keys());
};
