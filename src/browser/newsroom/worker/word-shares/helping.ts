import { base64url, equal } from "../../../../protocol/public/bytes.ts";
import { findMember } from "../../../../protocol/public/roster.ts";
import type { RecoveryRequests } from "../../../../protocol/public/word-share-api.ts";
import { requestWords, sealRecoveryAnswer } from "../../../../protocol/secret/recovery-request.ts";
import { CodeError } from "../../../kit/code-error.ts";
import type { World } from "../world.ts";
import { findHeld } from "./holding.ts";

/** A colleague who has lost everything asks; this member holds a share and compares eight words with them. docs/protocol.md §19.4. */

type Wire = RecoveryRequests["requests"][number];

export type RequestShown = {
  readonly id: Uint8Array;
  readonly name: string;
  readonly userName: string;
  readonly day: number;
  readonly answered: boolean;
  readonly words: readonly string[];
};

const wordsOf = (world: World, { userName, xwing, x25519 }: Wire): readonly string[] => {
  const { crypto, newsroomId, newsroomKey } = world;
  return requestWords(crypto, { newsroomId, newsroomKey, userName, keys: { xwing, x25519 } });
};

const fetchRequests = async (world: World): Promise<readonly Wire[]> => {
  const { requests } = await world.api.call("recoveryRequests", null, { background: true });
  // Whose share it is this vault knows; the server only says who asks.
  const isHeld = ({ member, setId }: Wire): boolean => findHeld(world, setId)?.owner === member;
  // Another desk may have taken the share in.
  if (!requests.every(isHeld)) await world.records.reload();
  return requests.filter(isHeld);
};

export const requestsShown = async (world: World): Promise<readonly RequestShown[]> =>
  (await fetchRequests(world)).map((request) => ({
    id: request.id,
    name: findMember(world.roster, request.member)?.name ?? `#${request.member}`,
    userName: request.userName,
    day: request.day,
    answered: request.answered,
    words: wordsOf(world, request),
  }));

export const countUnanswered = async (world: World): Promise<number> =>
  (await fetchRequests(world)).filter(({ answered }) => !answered).length;

/** `words` are those the member has compared: keys that the server changed since have others, and get nothing. */
export const giveShare = async (
  world: World,
  given: { readonly id: Uint8Array; readonly words: readonly string[] },
): Promise<void> => {
  const request = (await fetchRequests(world)).find(({ id }) => equal(id, given.id));
  const share = request === undefined ? null : findHeld(world, request.setId);
  if (request === undefined || share === null) throw new CodeError("not-found");
  if (wordsOf(world, request).join(" ") !== given.words.join(" ")) {
    throw new CodeError("words-changed");
  }
  const { crypto, newsroomId, own, memberNumber: holder } = world;
  const pair = { public: own.staticPublic, private: own.staticPrivate };
  const keys = { xwing: request.xwing, x25519: request.x25519 };
  const plan = { newsroomId, request: keys, holder, own: pair };
  const sealed = sealRecoveryAnswer(crypto, plan, share);
  await world.api.call("answerRecovery", { sealed }, { id: base64url(request.id) });
};
