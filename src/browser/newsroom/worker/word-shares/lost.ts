import { openBundle, parseBundle } from "../../../../protocol/public/bundle.ts";
import { SealdropError } from "../../../../protocol/public/errors.ts";
import {
  findMember,
  type RosterEntry,
  type VerifiedRoster,
} from "../../../../protocol/public/roster.ts";
import type { RecoveryAnswers } from "../../../../protocol/public/word-share-api.ts";
import { wordsOf } from "../../../../protocol/public/words.ts";
import type { SecretCrypto } from "../../../../protocol/secret/crypto.ts";
import {
  drawRequest,
  openRecoveryAnswer,
  type RequestKeys,
  requestWords,
} from "../../../../protocol/secret/recovery-request.ts";
import type { WordShare } from "../../../../protocol/secret/word-share.ts";
import { codeOf } from "../../../kit/code-error.ts";
import { fetchNewsroom } from "../newsroom.ts";
import type { Session } from "../session.ts";
import type { Newsroom } from "../world.ts";
import { joinWords } from "./pieces.ts";

/**
 * For whoever has lost everything, before any log-in. The keys of the request are in this worker's memory alone: closing the
 * page means asking anew, and nothing is left behind. docs/protocol.md §19.4.
 */
type Asking = {
  readonly newsroom: Newsroom;
  readonly userName: string;
  readonly keys: RequestKeys;
  readonly token: Uint8Array;
};

export type LostProgress = {
  /** Colleagues whose shares have come. */
  readonly names: readonly string[];
  readonly needed: number | null;
  /** The recovery words, once enough shares are there. */
  readonly words: readonly string[] | null;
};

type Wire = RecoveryAnswers["answers"][number];
type Opened = { readonly entry: RosterEntry; readonly share: WordShare };

const tryAnswer = (
  crypto: SecretCrypto,
  asking: Asking,
  given: { readonly roster: VerifiedRoster; readonly answer: Wire },
): Opened | null => {
  const { holder, sealed } = given.answer;
  const entry = findMember(given.roster, holder);
  if (entry?.state !== "current") return null;
  const { newsroomId } = asking.newsroom;
  const holderStatic = entry.static;
  try {
    const answer = { newsroomId, holder, holderStatic, sealed };
    const share = openRecoveryAnswer(crypto, asking.keys, answer);
    return share === null ? null : { entry, share };
  } catch (error) {
    if (codeOf(error) !== "bad-structure") throw error;
    return null;
  }
};

export const lostFunctions = (session: Session) => {
  let asking: Asking | null = null;

  const rosterNow = async (crypto: SecretCrypto): Promise<VerifiedRoster> =>
    openBundle(crypto, parseBundle(await session.api.bytes("/api/newsroom"))).roster;

  return {
    /** Draws the keys and asks; answers the eight words that each colleague compares. Throws wait. */
    askColleagues: async ({ userName }: { readonly userName: string }) => {
      const crypto = await session.crypto();
      const newsroom = await fetchNewsroom(crypto, session.api);
      const keys = drawRequest(crypto);
      const token = crypto.random(32);
      await session.api.call("askRecovery", { userName, token, ...keys.public });
      asking = { newsroom, userName, keys, token };
      return requestWords(crypto, { ...newsroom, userName, keys: keys.public });
    },

    /** Nobody is to give anything for these keys any more. */
    withdrawRequest: async (): Promise<void> => {
      if (asking === null) return;
      await session.api.call("withdrawRecovery", { token: asking.token });
      asking = null;
    },

    lookForShares: async (): Promise<LostProgress> => {
      if (asking === null) throw new SealdropError("not-found");
      const crypto = await session.crypto();
      const { answers } = await session.api.call("lookRecovery", { token: asking.token });
      if (answers.length === 0) return { names: [], needed: null, words: null };
      const roster = await rosterNow(crypto);
      const held = asking;
      const opened = answers.flatMap((answer) => tryAnswer(crypto, held, { roster, answer }) ?? []);
      const shares = opened.map(({ share }) => share);
      const { newsroomId } = asking.newsroom;
      const entropy = await joinWords({ crypto, newsroomId }, shares);
      return {
        names: opened.map(({ entry }) => entry.name),
        needed: shares[0]?.needed ?? null,
        words: entropy === null ? null : wordsOf(entropy),
      };
    },
  };
};
