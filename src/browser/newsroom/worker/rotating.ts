import { equal } from "../../../protocol/public/bytes.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import { newestEra } from "../../../protocol/public/newsroom-keys.ts";
import { encodeRoster, findMember, rosterHash } from "../../../protocol/public/roster.ts";
import { encodeSettings } from "../../../protocol/public/settings.ts";
import { fingerprintWords, wordsOf } from "../../../protocol/public/words.ts";
import { entropyOf } from "../../../protocol/secret/codename.ts";
import {
  commitToNext,
  seedOfNewsroomWords,
  signRoster,
  signRotation,
} from "../../../protocol/secret/sign.ts";
import { CodeError, codeOf } from "../../kit/code-error.ts";
import {
  adminsOf,
  exposedTo,
  firstHolders,
  handOutKey,
  holdersRecord,
  receiversOf,
} from "./key-holders.ts";
import {
  checkTrust,
  NEWSROOM_RECORD,
  newsroomSeed,
  nextRoster,
  takeSigned,
} from "./newsroom-key.ts";
import {
  dropPending,
  findPending,
  keepPending,
  type Pending,
  type PendingState,
  replacePending,
  stateOf,
} from "./pending-rotation.ts";
import type { Session } from "./session.ts";
import { tell } from "./tell.ts";
import type { World } from "./world.ts";

/** A new newsroom key from the newsroom words. docs/protocol.md §4.5, docs/adr/0012. */

const WORDS_BYTES = 32;

export type NewsroomKeyState = {
  readonly sinceDay: number;
  /** The key before was given up as stolen or lost. */
  readonly stolen: boolean;
  readonly changes: number;
  readonly words: readonly string[];
  /** This vault holds the key. */
  readonly held: boolean;
  /** Names of those who know the key and should not. */
  readonly exposed: readonly string[];
  readonly pending: { readonly day: number; readonly state: PendingState } | null;
};

type Draft = Pick<Pending, "seed" | "nextCommitment" | "stolen" | "receivers">;

const nameOf = ({ roster }: World, memberNumber: number): string =>
  findMember(roster, memberNumber)?.name ?? "";

/** Throws codename-word, codename-length, codename-checksum, newsroom-words-used, newsroom-words-other. */
const readWords = (session: Session, typed: string): Draft["seed"] => {
  const { world, chain } = session.opened();
  const { crypto } = world;
  const words = entropyOf(typed, WORDS_BYTES);
  const seed = seedOfNewsroomWords(crypto, words);
  const key = crypto.ed25519PublicKey(seed);
  const keys = chain.keys();
  if (equal(commitToNext(crypto, words), newestEra(keys).nextCommitment)) return seed;
  const used = keys.eras.some((era) => equal(era.key, key));
  throw new CodeError(used ? "newsroom-words-used" : "newsroom-words-other");
};

const settle = async (session: Session, pending: Pending): Promise<void> => {
  const { world, chain } = session.opened();
  // Another rotation has come since: its key is in the vault, or on its way.
  if (chain.keys().eras.length - 1 !== pending.ordinal) return dropPending(world);
  const put = new Map<string, Uint8Array>([
    [NEWSROOM_RECORD, pending.seed],
    holdersRecord(world.newsroomKey, firstHolders(world, pending.receivers)),
  ]);
  // The old key signs nothing any more; the new one takes its place.
  await replacePending(world, pending, put);
};

/** At an unlock, and with each new list: the answer to a rotation was lost, and it is stored. */
export const settleRotation = async (session: Session): Promise<void> => {
  const opened = session.opened();
  const pending = findPending(opened.world);
  if (pending === null || stateOf(opened, pending) !== "stored") return;
  try {
    await settle(session, pending);
  } catch (error) {
    // It stays on its way until the vault has room; an unlock does not fail for it.
    if (codeOf(error) !== "too-large") throw error;
  }
};

const post = async (session: Session, pending: Pending): Promise<void> => {
  const { world } = session.opened();
  const { crypto, roster, settings } = world;
  const formerSeed = pending.stolen ? null : newsroomSeed(world);
  if (formerSeed === null && !pending.stolen) throw new SealdropError("forbidden");
  const next = nextRoster(session, { entries: roster.entries });
  const { newsroomId } = world;
  const afterRoster = roster.number;
  try {
    await world.api.call("rotateNewsroom", {
      rotation: signRotation(crypto, { ...pending, newsroomId, formerSeed, afterRoster }),
      statement: signRoster(crypto, next, pending.seed),
      settings: encodeSettings(settings),
    });
  } finally {
    await takeSigned(session, rosterHash(crypto, encodeRoster(next)));
  }
};

/** Throws newsroom-key-changed when a colleague was faster: the sheet just written is void. */
const finish = async (session: Session): Promise<void> => {
  const opened = session.opened();
  const pending = findPending(opened.world);
  if (pending === null) throw new CodeError("failed");
  try {
    if (stateOf(opened, pending) === "open") {
      checkTrust(opened);
      await post(session, { ...pending, day: opened.world.today });
    }
  } catch (error) {
    if (stateOf(opened, pending) === "open") throw error;
  }
  if (stateOf(opened, pending) === "void") throw new CodeError("newsroom-key-changed");
  await settle(session, pending);
  await handOutKey(session);
  tell(session);
};

export const rotatingFunctions = (session: Session) => {
  let draft: Draft | null = null;
  return {
    newsroomKeyState: (): NewsroomKeyState => {
      const opened = session.opened();
      const { world, chain } = opened;
      const { eras } = chain.keys();
      const { day, stolen } = newestEra(chain.keys());
      const pending = findPending(world);
      const held = newsroomSeed(world) !== null;
      return {
        sinceDay: day,
        stolen,
        changes: eras.length - 1,
        words: fingerprintWords(world.crypto, world.newsroomKey),
        held,
        exposed: held ? exposedTo(world) : [],
        pending: pending && { day: pending.day, state: stateOf(opened, pending) },
      };
    },

    /** Throws roster-contradicted, roster-unconfirmed. */
    checkMaySign: (): void => checkTrust(session.opened()),

    /** Names of the colleagues who will get the new key. */
    rotationReceivers: async (): Promise<readonly string[]> => {
      const world = session.world();
      return receiversOf(world, await adminsOf(world)).map((number) => nameOf(world, number));
    },

    /** The typed words fit: fresh ones for the next sheet of paper. Nothing has changed before `finishRotation`. */
    startRotation: async (typed: {
      readonly words: string;
      readonly stolen: boolean;
    }): Promise<readonly string[]> => {
      const { world, ...opened } = session.opened();
      checkTrust(opened);
      if (!typed.stolen && newsroomSeed(world) === null) throw new SealdropError("forbidden");
      const seed = readWords(session, typed.words);
      const receivers = receiversOf(world, await adminsOf(world));
      const next = world.crypto.random(WORDS_BYTES);
      const nextCommitment = commitToNext(world.crypto, next);
      draft = { seed, nextCommitment, stolen: typed.stolen, receivers };
      return wordsOf(next);
    },

    finishRotation: async (): Promise<void> => {
      const { world, chain } = session.opened();
      if (draft === null) throw new CodeError("failed");
      const ordinal = chain.keys().eras.length;
      await keepPending(world, { ...draft, ordinal, day: world.today });
      draft = null;
      await finish(session);
    },

    /** One that was broken off goes on; the words are not asked again. */
    resumeRotation: (): Promise<void> => finish(session),

    forgetRotation: async (): Promise<void> => {
      await dropPending(session.world());
      tell(session);
    },
  };
};
