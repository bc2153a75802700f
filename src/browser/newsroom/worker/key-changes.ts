import { equal } from "../../../protocol/public/bytes.ts";
import {
  type KeyChange,
  keyChangeWords,
  openKeyChange,
} from "../../../protocol/public/key-change.ts";
import { findMember, type RosterEntry } from "../../../protocol/public/roster.ts";
import { CodeError, codeOf } from "../../kit/code-error.ts";
import { followKeys } from "./following-keys.ts";
import { topUp } from "./messaging-keys.ts";
import { signNext } from "./newsroom-key.ts";
import { rewrapAfterReading } from "./rewrapping.ts";
import type { Session } from "./session.ts";
import { tell } from "./tell.ts";
import type { World } from "./world.ts";

/** The admin's side of members' new lasting keys: compare eight words, sign the next roster. docs/protocol.md §14.1. */
export type KeyChangeRow = {
  readonly memberNumber: number;
  readonly name: string;
  readonly me: boolean;
  readonly stolen: boolean;
  /** Null when it is not signed as it must be: then nobody may sign it. */
  readonly words: readonly string[] | null;
};

type Wire = { readonly memberNumber: number; readonly statement: Uint8Array };

const currentEntry = ({ roster }: World, memberNumber: number): RosterEntry | null => {
  const entry = findMember(roster, memberNumber);
  return entry?.state === "current" ? entry : null;
};

const opened = (world: World, { memberNumber, statement }: Wire): KeyChange | null => {
  const { crypto, newsroomId } = world;
  const identity = currentEntry(world, memberNumber)?.identity;
  if (identity === undefined) return null;
  try {
    return openKeyChange(crypto, statement, { newsroomId, memberNumber, identity });
  } catch (error) {
    if (!["bad-structure", "bad-signature", "roster-changed"].includes(codeOf(error))) throw error;
    return null;
  }
};

const wordsOf = (world: World, change: KeyChange): readonly string[] => {
  const { crypto, newsroomId, newsroomKey } = world;
  return keyChangeWords(crypto, { newsroomId, key: newsroomKey }, change);
};

const rowOf = (world: World, wire: Wire): KeyChangeRow => {
  const { memberNumber } = wire;
  const change = opened(world, wire);
  return {
    memberNumber,
    name: findMember(world.roster, memberNumber)?.name ?? "",
    me: memberNumber === world.memberNumber,
    stolen: change?.stolen ?? false,
    words: change === null ? null : wordsOf(world, change),
  };
};

const fetchChanges = async (world: World): Promise<readonly Wire[]> =>
  (await world.api.call("keyChanges", null, { background: true })).changes;

/** Keys that may be in other hands make all that this member had before *stolen*: nobody can tell which of them were copied. */
const replacedIn = (world: World, change: KeyChange): readonly RosterEntry[] =>
  world.roster.entries.flatMap((entry): readonly RosterEntry[] => {
    if (entry.memberNumber !== change.memberNumber) return [entry];
    const { identity, static: staticKey, stolen } = change;
    const state = stolen ? "stolen" : entry.state === "current" ? "rotated" : entry.state;
    const before = { ...entry, state, position: 0 };
    if (!equal(entry.identity, change.oldIdentity)) return [before];
    return [before, { ...entry, identity, static: staticKey, generation: entry.generation + 1 }];
  });

type ByMember = { readonly memberNumber: number };

export const keyChangeFunctions = (session: Session) => ({
  keyChanges: async (): Promise<readonly KeyChangeRow[]> => {
    const world = session.world();
    return (await fetchChanges(world)).map((wire) => rowOf(world, wire));
  },

  /** `words` are those the admin has compared: a change that the server swapped since has others, and is not signed. */
  approveKeyChange: async (input: ByMember & { readonly words: readonly string[] }) => {
    const world = session.world();
    const wire = (await fetchChanges(world)).find((one) => one.memberNumber === input.memberNumber);
    if (wire === undefined) throw new CodeError("not-found");
    const change = opened(world, wire);
    if (change === null || wordsOf(world, change).join(" ") !== input.words.join(" ")) {
      throw new CodeError("words-changed");
    }
    await signNext(session, { entries: replacedIn(world, change) });
    await followKeys(session);
    await topUp(session);
    tell(session);
    void rewrapAfterReading(session);
  },

  refuseKeyChange: async ({ memberNumber }: ByMember): Promise<void> => {
    await session.world().api.call("dropKeyChange", null, { id: String(memberNumber) });
  },
});
