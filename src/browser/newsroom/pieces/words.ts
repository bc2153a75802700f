import { byRole } from "../../kit/dom.ts";

/** Fills a numbered grid of words. */
export const showWords = (root: ParentNode, words: readonly string[]): void => {
  byRole(root, "words").replaceChildren(
    ...words.map((word) => {
      const item = document.createElement("li");
      item.textContent = word;
      return item;
    }),
  );
};

/** Words in any spelling of case and spacing. */
export const wordsOf = (typed: string): readonly string[] =>
  typed
    .trim()
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== "");
