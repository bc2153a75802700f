import { SealdropError } from "../../../protocol/public/errors.ts";
import { CodeError, codeOf } from "../../kit/code-error.ts";
import {
  adminsOf,
  ELSEWHERE,
  HOLDERS_RECORD,
  type Holder,
  handOutKey,
  hasRights,
  holdersOf,
  noteRights,
  receiversOf,
  TO_SEND,
  takeKeyLetter,
} from "./key-holders.ts";
import { reachableMembers, takeLetters } from "./letters.ts";
import { NEWSROOM_RECORD, newsroomSeed } from "./newsroom-key.ts";
import type { Session } from "./session.ts";
import { tell } from "./tell.ts";
import type { World } from "./world.ts";

/** Making somebody an admin, taking that away, stepping down: the server's rights, and the newsroom's key by letter. */

/**
 * `none`: this vault has given them nothing. `on-its-way`: not collected yet. `held`: nothing waits for them any more, which is
 * also so where nobody came for the letter and the server has dropped it: no vault sees into another.
 */
export type KeyHolding = "none" | "on-its-way" | "held" | "taken-away";

type ByNumber = { readonly memberNumber: number };

const holdingOf = (one: Holder | undefined, waiting: ReadonlySet<number>): KeyHolding => {
  if (one === undefined) return "none";
  if (!hasRights(one)) return "taken-away";
  const uncollected = one.letter === TO_SEND || waiting.has(one.letter);
  return one.letter !== ELSEWHERE && uncollected ? "on-its-way" : "held";
};

const uncollected = async (
  world: World,
  holders: readonly Holder[],
): Promise<ReadonlySet<number>> => {
  if (holders.every(({ letter }) => letter === TO_SEND || letter === ELSEWHERE)) return new Set();
  const { waiting } = await world.api.call("waitingLetters", null, { background: true });
  return new Set(waiting.map(({ id }) => id));
};

/** By member number; empty for whoever does not hold the key. */
export const keyHoldings = async (world: World): Promise<ReadonlyMap<number, KeyHolding>> => {
  if (newsroomSeed(world) === null) return new Map();
  const holders = holdersOf(world);
  const ids = await uncollected(world, holders);
  return new Map(
    holders.map((one) => [
      one.memberNumber,
      one.memberNumber === world.memberNumber ? "held" : holdingOf(one, ids),
    ]),
  );
};

const reachableNumbers = async (world: World): Promise<ReadonlySet<number>> =>
  new Set((await reachableMembers(world)).map(({ memberNumber }) => memberNumber));

/** A letter needs a messaging key to be sealed to: they must unlock once. Throws member-unreachable. */
const checkReachable = async (world: World, memberNumber: number): Promise<void> => {
  const reachable = await reachableNumbers(world);
  if (!reachable.has(memberNumber)) throw new CodeError("member-unreachable");
};

/**
 * One who leaves the key behind must leave it with somebody who is there and may use it. Whoever cannot be sent the key once
 * more has been away so long that the first letter may have been dropped unread.
 */
const checkSomebodyHolds = async (world: World): Promise<void> => {
  const holdings = await keyHoldings(world);
  const reachable = await reachableNumbers(world);
  const others = receiversOf(world, await adminsOf(world));
  if (!others.some((number) => holdings.get(number) === "held" && reachable.has(number)))
    throw new CodeError("key-not-collected");
};

/** `handOutKey` goes on where a letter finds no room or no reader: it comes later, from a vault that still holds the key. */
const checkSomebodySent = async (world: World): Promise<void> => {
  const others = receiversOf(world, await adminsOf(world));
  const sent = holdersOf(world).filter(({ letter }) => letter !== TO_SEND && letter !== ELSEWHERE);
  if (!sent.some(({ memberNumber }) => others.includes(memberNumber)))
    throw new CodeError("key-not-collected");
};

/** Once laid down they cannot be laid down again: the server would refuse whoever presses a second time. */
const layDownRights = async (world: World): Promise<void> => {
  const { memberNumber } = world;
  if (!(await adminsOf(world)).has(memberNumber)) return;
  await world.api.call("setRole", { memberNumber, role: "journalist" });
};

const tellOthers = async (session: Session): Promise<void> => {
  await handOutKey(session);
  tell(session);
};

export const rightsFunctions = (session: Session) => {
  takeLetters(session, "newsroom-key", async (_world, letter) => {
    try {
      await takeKeyLetter(session, letter);
    } catch (error) {
      // Until the vault has room for it; an unlock does not fail for it.
      if (codeOf(error) === "too-large") return false;
      if (codeOf(error) !== "bad-structure") throw error;
    }
    return true;
  });
  return {
    /** Also for an admin whose key never came: it is sent again. */
    makeAdmin: async ({ memberNumber }: ByNumber): Promise<void> => {
      const world = session.world();
      if (newsroomSeed(world) === null) throw new SealdropError("forbidden");
      await checkReachable(world, memberNumber);
      await world.api.call("setRole", { memberNumber, role: "admin" });
      await noteRights(world, memberNumber, true);
      await tellOthers(session);
    },

    takeRights: async ({ memberNumber }: ByNumber): Promise<void> => {
      const world = session.world();
      await world.api.call("setRole", { memberNumber, role: "journalist" });
      if (newsroomSeed(world) !== null) await noteRights(world, memberNumber, false);
      await tellOthers(session);
    },

    /**
     * The key leaves this vault once another admin has been sent it with the news that somebody outside knows it. Broken off, it
     * is done by pressing again. Throws last-admin, key-not-collected.
     */
    stepDown: async (): Promise<void> => {
      const world = session.world();
      const { memberNumber, records } = world;
      if (newsroomSeed(world) !== null) await checkSomebodyHolds(world);
      await layDownRights(world);
      if (newsroomSeed(world) === null) return;
      // Of two who step down at once, one may have found the other still there.
      await checkSomebodyHolds(world);
      await noteRights(world, memberNumber, false);
      await handOutKey(session);
      await checkSomebodySent(world);
      await records.change((there) => ({
        remove: [NEWSROOM_RECORD, HOLDERS_RECORD].filter((id) => there.has(id)),
      }));
    },
  };
};
