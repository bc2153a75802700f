import { findWord, WORD_LIST } from "../../../protocol/public/words.ts";
import { splitWords } from "../../../protocol/secret/codename.ts";
import type { TypedWords } from "./api.ts";

const mostSuggestions = 6;

/** Words the last one may still become, while it is being typed. */
function candidatesFor(typed: string, last: string | undefined): readonly string[] {
  if (last === undefined || !/[a-z]$/i.test(typed) || WORD_LIST.includes(last)) return [];
  return WORD_LIST.filter((word) => word.startsWith(last));
}

/** What was typed of a codename so far: each word as it stands on the list, or null. */
export function checkWords(typed: string): TypedWords {
  const words = splitWords(typed);
  const candidates = candidatesFor(typed, words.at(-1));
  return {
    words: words.map((word) => ({ typed: word, word: findWord(word) })),
    unfinished: candidates.length > 0,
    suggestions: candidates.length > mostSuggestions ? [] : candidates,
  };
}
