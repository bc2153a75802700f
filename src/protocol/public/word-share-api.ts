/** Shares of words, and requests of people who have lost everything, as the newsroom's listener carries them. docs/api.md. */
import * as z from "zod/mini";
import { bytes, count, whole } from "./json-shapes.ts";
import { ID, KEM_CIPHERTEXT, KEM_PUBLIC_KEY, TAG } from "./limits.ts";
import { Token, UserName } from "./staff-api.ts";

export const MOST_SHARE_HOLDERS = 20;
/** Open at a time for one name; a stranger may ask in anybody's name. */
export const MOST_REQUESTS = 5;
export const REQUEST_DAYS = 7;

const SetId = bytes(ID);
const MemberNumber = whole(1, 0xffff);
const Words = z.enum(["recovery", "newsroom"]);
const Holders = z.array(MemberNumber).check(
  z.minLength(2),
  z.maxLength(MOST_SHARE_HOLDERS),
  z.refine((all) => new Set(all).size === all.length, "one twice"),
);

export const ShareSetPost = z
  .strictObject({
    setId: SetId,
    words: Words,
    needed: whole(2, MOST_SHARE_HOLDERS),
    holders: Holders,
  })
  .check(z.refine(({ needed, holders }) => needed <= holders.length, "more than there are"));
/** One's own sets; `keptDay` is null until that holder's browser has kept it. */
export const ShareSets = z.strictObject({
  sets: z.array(
    z.strictObject({
      setId: SetId,
      words: Words,
      holders: z.array(z.strictObject({ holder: MemberNumber, keptDay: z.nullable(count) })),
    }),
  ),
});
export const ShareKept = z.strictObject({ setId: SetId });

const RequestKeys = { xwing: bytes(KEM_PUBLIC_KEY), x25519: bytes(32) };
/** 91 bytes of a share. */
export const RecoveryAnswer = bytes(KEM_CIPHERTEXT + 91 + TAG);

/** The token is drawn by whoever asks, and shows later that it is the same. */
export const RecoveryAsk = z.strictObject({ userName: UserName, token: Token, ...RequestKeys });
export const RecoveryLook = z.strictObject({ token: Token });
export const RecoveryAnswers = z.strictObject({
  answers: z.array(z.strictObject({ holder: MemberNumber, sealed: RecoveryAnswer })),
});
/** Of people whose recovery words this member holds a share of. */
export const RecoveryRequests = z.strictObject({
  requests: z.array(
    z.strictObject({
      id: bytes(ID),
      member: MemberNumber,
      userName: UserName,
      setId: SetId,
      day: count,
      answered: z.boolean(),
      ...RequestKeys,
    }),
  ),
});
export const RecoveryAnswerPost = z.strictObject({ sealed: RecoveryAnswer });

export type ShareSetPost = z.infer<typeof ShareSetPost>;
export type ShareSets = z.infer<typeof ShareSets>;
export type RecoveryAsk = z.infer<typeof RecoveryAsk>;
export type RecoveryAnswers = z.infer<typeof RecoveryAnswers>;
export type RecoveryRequests = z.infer<typeof RecoveryRequests>;

export const wordShareRoutes = {
  postShareSet: { method: "POST", path: "/api/share-sets", body: ShareSetPost, answer: null },
  shareSets: { method: "GET", path: "/api/share-sets", body: null, answer: ShareSets },
  dropShareSet: { method: "DELETE", path: "/api/share-sets/:id", body: null, answer: null },
  shareKept: { method: "POST", path: "/api/share-sets/kept", body: ShareKept, answer: null },
  askRecovery: { method: "POST", path: "/api/recovery-requests", body: RecoveryAsk, answer: null },
  lookRecovery: {
    method: "POST",
    path: "/api/recovery-requests/answers",
    body: RecoveryLook,
    answer: RecoveryAnswers,
  },
  withdrawRecovery: {
    method: "POST",
    path: "/api/recovery-requests/withdraw",
    body: RecoveryLook,
    answer: null,
  },
  recoveryRequests: {
    method: "GET",
    path: "/api/recovery-requests",
    body: null,
    answer: RecoveryRequests,
  },
  answerRecovery: {
    method: "POST",
    path: "/api/recovery-requests/:id/answer",
    body: RecoveryAnswerPost,
    answer: null,
  },
  dropRecovery: { method: "DELETE", path: "/api/recovery-requests/:id", body: null, answer: null },
} as const;
