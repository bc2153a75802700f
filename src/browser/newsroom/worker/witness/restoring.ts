import { hex } from "../../../../protocol/public/bytes.ts";
import type { NewsroomPublicKey } from "../../../../protocol/public/crypto.ts";
import { leafHash } from "../../../../protocol/public/log-tree.ts";
import { openRestored, type Restored } from "../../../../protocol/public/restored.ts";
import { signRestored } from "../../../../protocol/secret/sign-restored.ts";
import { CodeError } from "../../../kit/code-error.ts";
import { lookAtPins, newsroomSeed, pinWorldOf } from "../newsroom-key.ts";
import { pinBack, pinUnconfirmed } from "../pin.ts";
import type { Session } from "../session.ts";
import type { World } from "../world.ts";
import type { Now } from "./colleagues.ts";
import { askTold, isBeginning } from "./follow.ts";

/** A backup that was played in: said once under the newsroom key, accepted once by everybody's browser. docs/protocol.md §16.7. */

export type FoundRestored = { readonly restored: Restored; readonly hash: Uint8Array };

/** Null for what the newsroom key of that place in the log has not signed. */
export const findRestored = (
  { crypto, newsroomId }: World,
  leaf: Uint8Array,
  key: NewsroomPublicKey,
): FoundRestored | null => {
  try {
    const restored = openRestored(crypto, leaf, { newsroomId, key });
    return { restored, hash: leafHash(crypto, leaf) };
  } catch {
    return null;
  }
};

export type Explaining = {
  readonly now: Now;
  readonly passed: readonly Uint8Array[];
  readonly sinceDay: number;
};

/**
 * The statement that explains why the log is another than what was seen; null when there is none. `passed` are leaf hashes of those that
 * were accepted or read before: a server that sets the log back to just after one of them must find it spent. Nor does one explain a
 * list of a day after its own: that list was held although its log was never shown.
 */
export const explanationOf = async <One extends FoundRestored>(
  world: World,
  found: readonly One[],
  { now, passed, sinceDay }: Explaining,
): Promise<One | null> => {
  const spent = new Set(passed.map(hex));
  for (const one of found) {
    if (spent.has(hex(one.hash)) || one.restored.day < sinceDay) continue;
    if (await isBeginning(world, one.restored, now)) return one;
  }
  return null;
};

/** The lists that were held are from after the backup. Whoever signs is asked by name before the first signature. */
export const takeRestoredList = async (session: Session): Promise<void> => {
  const opened = session.opened();
  const { world, chain, trust } = opened;
  if (trust !== "contradicted") return;
  if (newsroomSeed(world) === null) await pinBack(pinWorldOf(session), chain);
  else await pinUnconfirmed(pinWorldOf(session), chain.first());
  await lookAtPins(session);
};

/** Throws forbidden without the newsroom key. */
export const sayRestored = async (session: Session): Promise<void> => {
  const world = session.world();
  const { crypto, newsroomId, memberNumber, today } = world;
  const seed = newsroomSeed(world);
  if (seed === null) throw new CodeError("forbidden");
  const { head } = await askTold(world);
  const restored = { ...head, memberNumber, day: today };
  const statement = signRestored(crypto, restored, { newsroomId, seed });
  await world.api.call("postRestored", { statement });
};
