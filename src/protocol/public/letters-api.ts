/** Letters between members, as the newsroom's listener carries them. docs/api.md. */
import * as z from "zod/mini";
import { bytes, count } from "./json-shapes.ts";
import { MAX_LETTER } from "./letter.ts";

export const LETTERS_A_PAGE = 8;
/** Letters of one member that nobody has collected yet. */
export const MOST_WAITING = 4_000;

const AnyLetter = bytes(1, MAX_LETTER);

export const LetterPost = z.strictObject({ to: count, letter: AnyLetter });
export const LetterPosted = z.strictObject({ id: count });
/** Oldest first; `more` when there are some beyond this page. */
export const Letters = z.strictObject({
  letters: z.array(z.strictObject({ id: count, from: count, day: count, letter: AnyLetter })),
  more: z.boolean(),
});
/** What one has sent and nobody has collected. */
export const WaitingLetters = z.strictObject({
  waiting: z.array(z.strictObject({ id: count, to: count, day: count })),
});

export type LetterPost = z.infer<typeof LetterPost>;
export type Letters = z.infer<typeof Letters>;
export type WaitingLetters = z.infer<typeof WaitingLetters>;

export const lettersRoutes = {
  sendLetter: { method: "POST", path: "/api/letters", body: LetterPost, answer: LetterPosted },
  letters: { method: "GET", path: "/api/letters/after/:id", body: null, answer: Letters },
  waitingLetters: {
    method: "GET",
    path: "/api/letters/waiting",
    body: null,
    answer: WaitingLetters,
  },
  /** By whom it is for, once kept; by whom it is from, to take it back. */
  dropLetter: { method: "DELETE", path: "/api/letters/:id", body: null, answer: null },
} as const;
