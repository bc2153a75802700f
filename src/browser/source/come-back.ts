import { codeOf } from "../kit/code-error.ts";
import { byRole, byRoleOf, clone, on, onClick, onSubmit, setText, show } from "../kit/dom.ts";
import { clearErrors, showErrors } from "../kit/form-errors.ts";
import type { App } from "./app.ts";
import type { Conversation, TypedWord, TypedWords } from "./worker/api.ts";

/** The entry by twelve words. Nothing is sent before they hold together. */
export type ComeBack = {
  readonly screen: HTMLElement;
  /** The newsroom is known: its keys belong to the words. */
  readonly unlock: () => void;
  readonly wipe: () => void;
};

const wordCount = 12;

const failures: Readonly<Record<string, string>> = {
  "codename-checksum": "return.checksum",
  "nothing-found": "return.nothing",
};

function markOf(app: App, typed: TypedWord, mayGrow: boolean): HTMLElement {
  const item = document.createElement("li");
  const word = document.createElement("span");
  word.textContent = typed.word ?? typed.typed;
  item.append(word);
  if (typed.word === null && !mayGrow) {
    item.className = "unknown";
    const mark = document.createElement("span");
    mark.lang = app.text.language;
    mark.textContent = app.text.t("return.unknown-mark");
    item.append(mark);
  }
  return item;
}

function showTyped(app: App, screen: HTMLElement, found: TypedWords): void {
  const list = byRole(screen, "typed");
  const last = found.words.length - 1;
  const items = found.words.map((word, index) =>
    markOf(app, word, index === last && found.unfinished),
  );
  list.replaceChildren(...items);
  show(list, items.length > 0);
}

function countWords(app: App, words: readonly TypedWord[]): string {
  if (words.length === 0) return "";
  const complete = words.length === wordCount && words.every((word) => word.word !== null);
  return complete
    ? app.text.t("return.complete")
    : app.text.t("return.count", { count: words.length });
}

/** The first thing wrong with the words, or null. */
function problemOf(app: App, words: readonly TypedWord[]): string | null {
  const unknown = words.find((word) => word.word === null);
  if (unknown !== undefined) return app.text.t("return.unknown", { word: unknown.typed });
  if (words.length !== wordCount) return app.text.t("return.length", { count: words.length });
  return null;
}

export function createComeBack(app: App, opened: (conversation: Conversation) => void): ComeBack {
  const { text, worker } = app;
  const screen = clone("t-return");
  const field = byRoleOf(screen, "words", HTMLTextAreaElement);
  const button = byRoleOf(screen, "open", HTMLButtonElement);
  const suggestions = byRole(screen, "suggestions");
  let asked = 0;

  const complete = (word: string): void => {
    field.value = `${field.value.replace(/[a-z]+$/i, "")}${word} `;
    field.focus();
    void look();
  };
  const suggestionOf = (word: string): HTMLElement => {
    const item = clone("t-word");
    const pick = setText(item, "word", word);
    onClick(pick, () => complete(word));
    return item;
  };
  const look = async (): Promise<void> => {
    asked += 1;
    const mine = asked;
    const found = await worker.checkWords(field.value);
    if (mine !== asked) return;
    showTyped(app, screen, found);
    suggestions.replaceChildren(...found.suggestions.map(suggestionOf));
    show(suggestions, found.suggestions.length > 0);
    setText(screen, "count", countWords(app, found.words));
  };
  const wipe = (): void => {
    asked += 1;
    field.value = "";
    byRole(screen, "typed").replaceChildren();
    suggestions.replaceChildren();
    setText(screen, "count", "");
    clearErrors(screen);
  };
  const complain = (words: string): void => showErrors(screen, [{ field, text: words }]);

  const submit = async (): Promise<void> => {
    clearErrors(screen);
    const found = await worker.checkWords(field.value);
    const problem = problemOf(app, found.words);
    if (problem !== null) {
      complain(problem);
      return;
    }
    button.disabled = true;
    try {
      const conversation = await worker.comeBack(field.value);
      wipe();
      opened(conversation);
    } catch (error) {
      complain(text.t(failures[codeOf(error)] ?? "return.failed"));
    } finally {
      button.disabled = false;
    }
  };

  on(field, "input", () => {
    clearErrors(screen);
    look().catch(() => undefined);
  });
  onSubmit(byRole(screen, "form"), () => {
    submit().catch(() => undefined);
  });
  return {
    screen,
    unlock: () => {
      button.disabled = false;
    },
    wipe,
  };
}
