import { equal } from "../../../protocol/public/bytes.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import { type KeyChange, keyChangeWords } from "../../../protocol/public/key-change.ts";
import { signKeyChange } from "../../../protocol/secret/key-change.ts";
import { CodeError } from "../../kit/code-error.ts";
import {
  drawOwn,
  findNext,
  identityOf,
  NEXT_REASON,
  type NextKeys,
  nextRecords,
  readPresent,
  withoutNext,
} from "./own-keys.ts";
import type { Renewal } from "./rewrapping.ts";
import type { Session } from "./session.ts";
import type { World } from "./world.ts";

/** One's own new identity, static and archive key, from the button to the admin's signature. docs/protocol.md §14.1. */
export type OwnChange = {
  /**
   * `made`: in the vault, and not handed in. `waiting`: for an admin's signature. `foreign`: the server has a change signed with this
   * member's key that this vault does not know.
   */
  readonly state: "made" | "waiting" | "foreign";
  readonly stolen: boolean;
  /** For comparing with an admin; empty for a foreign one. */
  readonly words: readonly string[];
};

export type LastingKeys = {
  /** Null when no change is under way. */
  readonly change: OwnChange | null;
  /** Keys before are still in the vault. */
  readonly hasOld: boolean;
  /** Null when nothing is left of keys before. */
  readonly renewal: Renewal | null;
};

/** More at once than anybody needs, and fewer than the server keeps track of. */
const MOST_OLD = 8;

const changeOf = ({ crypto, records, memberNumber }: World, next: NextKeys): KeyChange => ({
  memberNumber,
  stolen: next.stolen,
  oldIdentity: identityOf(crypto, readPresent(crypto, records.all())),
  identity: identityOf(crypto, next),
  static: next.staticPublic,
});

const statementOf = (world: World, next: NextKeys): Uint8Array => {
  const { crypto, newsroomId, own } = world;
  const change = changeOf(world, next);
  const seeds = { oldSeed: own.identitySeed, newSeed: next.identitySeed };
  return signKeyChange(crypto, { newsroomId, change, ...seeds });
};

const wordsOf = (world: World, next: NextKeys): readonly string[] => {
  const { crypto, newsroomId, newsroomKey } = world;
  return keyChangeWords(crypto, { newsroomId, key: newsroomKey }, changeOf(world, next));
};

const waitingStatement = async (world: World): Promise<Uint8Array | null> => {
  const { changes } = await world.api.call("keyChanges", null, { background: true });
  return changes.find((one) => one.memberNumber === world.memberNumber)?.statement ?? null;
};

const ownChange = async (world: World): Promise<OwnChange | null> => {
  const statement = await waitingStatement(world);
  // Another desk's are in the vault since this one has read it.
  if (statement !== null && !world.records.all().has(NEXT_REASON)) await world.records.reload();
  const next = findNext(world.crypto, world.records.all());
  if (next === null) {
    return statement === null ? null : { state: "foreign", stolen: false, words: [] };
  }
  const mine = statement !== null && equal(statement, statementOf(world, next));
  const { stolen } = next;
  return { state: mine ? "waiting" : "made", stolen, words: wordsOf(world, next) };
};

/** Keys of an earlier try are used again: what was handed in with them must not become void. */
const drawNext = (world: World, stolen: boolean): Promise<void> => {
  const { identity } = world.entry;
  return world.records.change((records) => {
    // Another tab's were signed in the meantime, and its vault has come with the next try.
    if (!equal(identityOf(world.crypto, readPresent(world.crypto, records)), identity)) {
      throw new SealdropError("roster-changed");
    }
    // Written once more: where another desk has given them up, this save fails, and all is looked at anew.
    const reason = records.get(NEXT_REASON);
    if (reason !== undefined) return { put: new Map([[NEXT_REASON, reason]]) };
    return nextRecords({ ...drawOwn(world.crypto), stolen });
  });
};

const dropWish = ({ api, memberNumber }: World): Promise<null> =>
  api.call("dropKeyChange", null, { id: String(memberNumber) });

/** Signed without being in the vault, they would lock this member out for good. */
const checkInVault = async (world: World, next: NextKeys): Promise<void> => {
  const { crypto, records } = world;
  await records.reload();
  const all = records.all();
  // Signed at once, they are the present ones already.
  const there = findNext(crypto, all) ?? readPresent(crypto, all);
  if (equal(there.identitySeed, next.identitySeed)) return;
  await dropWish(world);
  throw new SealdropError("vault-changed");
};

const isSigned = (world: World, next: NextKeys): boolean =>
  equal(world.entry.identity, identityOf(world.crypto, next));

export const lastingKeysFunctions = (session: Session) => ({
  lastingKeys: async (): Promise<LastingKeys> => {
    const change = await ownChange(session.world());
    // After the question: the page has been told of newer steps in the meantime.
    const { world, renewal } = session.opened();
    return { change, renewal, hasOld: world.own.old.length > 0 };
  },

  /**
   * New keys go into the vault before anybody hears of them. Safe to do again after a broken line. Throws key-exists,
   * too-many-old-keys, roster-changed when others were signed that this desk had not heard of, and vault-changed when
   * another desk has given these up at the same time.
   */
  renewLastingKeys: async ({ stolen }: { readonly stolen: boolean }): Promise<void> => {
    const world = session.world();
    const { identity } = world.entry;
    await world.refreshRoster();
    if (!equal(identity, world.entry.identity)) throw new SealdropError("roster-changed");
    if (world.own.old.length >= MOST_OLD) throw new CodeError("too-many-old-keys");
    await drawNext(world, stolen);
    const next = findNext(world.crypto, world.records.all());
    if (next === null) throw new CodeError("failed");
    await world.api.call("postKeyChange", { statement: statementOf(world, next) });
    await checkInVault(world, next);
  },

  /** Has an admin signed? Then the vault follows at once, and not at the desk's next beat. */
  lookForSignature: async (): Promise<void> => {
    await session.world().refreshRoster();
  },

  /** The present keys stay, unless an admin has signed the new ones in the meantime: then it is too late, and `false`. */
  dropKeyChange: async (): Promise<boolean> => {
    const world = session.world();
    const next = findNext(world.crypto, world.records.all());
    await dropWish(world);
    // From here on nobody can sign them any more; whoever was faster is on the list, and the vault follows.
    await world.refreshRoster();
    if (next !== null && isSigned(world, next)) return false;
    await world.records.change((records) =>
      findNext(world.crypto, records) === null ? null : withoutNext,
    );
    // Another desk may have handed them in between both.
    await dropWish(world);
    return true;
  },
});
