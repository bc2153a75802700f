import { byRole, showLines } from "../../kit/dom.ts";
import type { Rule } from "./form.ts";

/** Fills a numbered grid of words. */
export const showWords = (root: ParentNode, words: readonly string[]): void => {
  showLines(byRole(root, "words"), words);
};

/** Words in any spelling of case and spacing. */
export const wordsOf = (typed: string): readonly string[] =>
  typed
    .trim()
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== "");

/** Of a whole sheet: newsroom words or recovery words. */
const SHEET_WORDS = 24;

export const sheetRule = (role: string): Rule => ({
  role,
  wrong: (typed) => (wordsOf(typed).length === SHEET_WORDS ? null : "recover.notTwentyFour"),
});
