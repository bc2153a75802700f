import { equal, hex } from "../../../../protocol/public/bytes.ts";
import { NO_PEAKS } from "../../../../protocol/public/log-tree.ts";
import { CodeError } from "../../../kit/code-error.ts";
import { pinWorldOf } from "../newsroom-key.ts";
import { dayOfGone } from "../pin.ts";
import type { Session } from "../session.ts";
import type { Told } from "./follow.ts";
import type { PlacedRestored } from "./leaves.ts";
import type { LoggedRoster, Memory } from "./memory.ts";
import { explanationOf, takeRestoredList } from "./restoring.ts";
import { eachOnce, NOTHING, type Remembered, readStory, restoredIn, type Story } from "./story.ts";

/** What becomes of a member's memory when a backup was played in and somebody has said so. docs/protocol.md §16.7. */

type Explained = { readonly found: PlacedRestored; readonly whole: Story };

/** The log read from its first leaf on, and the statement in it that explains what none of `passed` has explained yet. */
const explain = async (
  session: Session,
  told: Told,
  passed: readonly Uint8Array[],
): Promise<Explained | null> => {
  const whole = await readStory(session, told, NOTHING);
  if (typeof whole === "string") return null;
  const { now, read } = whole;
  const { chain, world } = session.opened();
  const sinceDay = await dayOfGone(pinWorldOf(session), chain);
  const found = await explanationOf(world, read.restored, { now, passed, sinceDay });
  return found === null ? null : { found, whole };
};

/**
 * A desk that was open while the backup was played in still holds lists that are gone: what it does on top of them would never be
 * taken. Throws session-locked: the next unlock begins with what there is now.
 */
const checkHeld = (session: Session, { read }: Story): void => {
  const { number, hash } = session.opened().chain.newest().roster;
  const isThere = read.rosters.some((one) => one.number === number && equal(one.hash, hash));
  if (!isThere) throw new CodeError("session-locked");
};

type Taken = {
  readonly story: Story;
  readonly known: Remembered;
  /** Lists in it that this member cannot have been told of. */
  readonly news: readonly LoggedRoster[];
};

/** A backup that was played in, and a statement that says so: the smaller tree is taken from its first leaf on, once. */
export const takeRestored = async (
  session: Session,
  told: Told,
  known: Remembered,
): Promise<Taken | null> => {
  const { memory, mark } = known;
  const inVault = await readStory(session, told, { memory, mark: null });
  const isOnlyHere = memory !== null && mark !== null && typeof inVault !== "string";
  const passed = isOnlyHere ? mark.restored : restoredIn(known);
  const explained = await explain(session, told, passed);
  if (explained === null) return null;
  const { found, whole } = explained;
  checkHeld(session, whole);
  await takeRestoredList(session);
  session.opened().colleagues = null;
  const { memberNumber, day } = found.restored;
  const change = { kind: "restored", memberNumber, rosterNumber: day } as const;
  // Also those of this browser alone: else a later statement, taken by another one first, would free an earlier one.
  const restored = eachOnce([...restoredIn(known), found.hash]);
  if (isOnlyHere) {
    // Set back with the log; or another browser of this member has taken it already: what is older is this one's own memory.
    const isTaken = memory.restored.some((hash) => equal(hash, found.hash));
    const changes = isTaken ? memory.changes : [...memory.changes, change];
    const news = inVault.read.rosters;
    return {
      story: inVault,
      known: { memory: { ...memory, changes, restored }, mark: null },
      news,
    };
  }
  const begun: Memory = {
    peaks: NO_PEAKS,
    logKey: memory?.logKey ?? told.evidence.logKey,
    rosterNumber: 0,
    hidden: [],
    ownKeys: [],
    foreign: [],
    colleagues: [],
    changes: [...(memory?.changes ?? []), change],
    restored,
  };
  const news = whole.read.rosters.slice(found.rostersBefore);
  return { story: whole, known: { memory: begun, mark: null }, news };
};

/** The list may have been seen, and the log of that list not yet: then the log has only grown, and the list held is gone all the same. */
export const takeRestoredListOnly = async (
  session: Session,
  { told, read }: Story,
  known: Remembered,
): Promise<void> => {
  if (session.opened().trust !== "contradicted") return;
  const passed = restoredIn(known);
  const spent = new Set(passed.map(hex));
  if (read.passed.every((hash) => spent.has(hex(hash)))) return;
  if ((await explain(session, told, passed)) !== null) await takeRestoredList(session);
};
