import { findWord, WORD_LIST } from "../../../protocol/public/words.ts";
import { splitWords } from "../../../protocol/secret/codename.ts";
import type { TypedWords } from "./api.ts";

const mostSuggestions = 6;

function suggestionsFor(typed: string, last: string | undefined): readonly string[] {
  const unfinished = /[a-z]$/i.test(typed);
  if (last === undefined || !unfinished || last.length < 2 || WORD_LIST.includes(last)) return [];
  const fitting = WORD_LIST.filter((word) => word.startsWith(last));
  return fitting.length > mostSuggestions ? [] : fitting;
}

/** What was typed of a codename so far: each word as it stands on the list, or null. */
export function checkWords(typed: string): TypedWords {
  const words = splitWords(typed);
  return {
    words: words.map((word) => ({ typed: word, word: findWord(word) })),
    suggestions: suggestionsFor(typed, words.at(-1)),
  };
}
