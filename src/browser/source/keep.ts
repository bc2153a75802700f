import { confirmStep } from "../kit/confirm.ts";
import {
  byId,
  byRole,
  byRoleOf,
  clone,
  focusOn,
  onClick,
  onSubmit,
  setText,
  show,
  showLines,
} from "../kit/dom.ts";
import type { Text } from "../kit/text.ts";
import { type App, tellRetention } from "./app.ts";
import type { NewsroomView } from "./worker/api.ts";

/** The codename, after the commit and never before. */
export type Keep = {
  readonly words: readonly string[];
  readonly leftOut: number;
  readonly view: NewsroomView;
  readonly finish: () => void;
};

/** Without the clipboard interface (an http onion) the selection is copied as by hand. */
async function copyWords(words: readonly string[], list: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(words.join(" "));
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(list);
    const selection = getSelection();
    selection?.removeAllRanges();
    selection?.addRange(range);
    const copied = document.execCommand("copy");
    selection?.removeAllRanges();
    return copied;
  }
}

/** The sheet holds the words only while it is printed. */
function printWords(words: readonly string[]): void {
  const sheet = byId("sheet");
  const list = document.createElement("ol");
  list.className = "words";
  list.lang = "en";
  showLines(list, words);
  sheet.replaceChildren(list);
  show(sheet, true);
  const clear = (): void => {
    sheet.replaceChildren();
    show(sheet, false);
  };
  addEventListener("afterprint", clear, { once: true });
  print();
}

function setUpReveal(screen: HTMLElement, text: Text, words: readonly string[]): void {
  const button = byRole(screen, "reveal");
  const shown = byRole(screen, "shown");
  const list = byRole(screen, "words");
  onClick(button, () => {
    const open = shown.hasAttribute("hidden");
    showLines(list, open ? words : []);
    show(shown, open);
    button.setAttribute("aria-expanded", String(open));
    button.textContent = text.t(open ? "keep.hide" : "keep.show");
    button.classList.toggle("primary", !open);
    if (open) focusOn(list);
  });
}

function setUpCopy(screen: HTMLElement, text: Text, words: readonly string[]): void {
  const list = byRole(screen, "words");
  confirmStep(byRole(screen, "copying"), () => {
    void copyWords(words, list).then((copied) => {
      setText(screen, "copied", text.t(copied ? "keep.copied" : "keep.not-copied"));
    });
  });
}

/** Two places, in order, other ones each time. */
function twoPlaces(count: number): readonly [number, number] {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint8Array(2));
  const first = a % count;
  const second = (first + 1 + (b % (count - 1))) % count;
  return first < second ? [first, second] : [second, first];
}

function setUpRetype(screen: HTMLElement, text: Text, words: readonly string[]): void {
  const places = twoPlaces(words.length);
  const fields = places.map((place, index) => {
    setText(screen, `retype-label-${index}`, text.t("keep.word", { number: place + 1 }));
    return byRoleOf(screen, `retype-${index}`, HTMLInputElement);
  });
  onSubmit(byRole(screen, "retype-form"), () => {
    const right = fields.every((field, index) => {
      const word = words[places[index] ?? 0] ?? "";
      const typed = field.value.trim().toLowerCase();
      return typed === word || (typed.length >= 4 && word.startsWith(typed));
    });
    setText(screen, "retype-result", text.t(right ? "keep.right" : "keep.wrong"));
  });
}

export function keepScreen(app: App, keep: Keep): HTMLElement {
  const { text } = app;
  const screen = clone("t-keep");
  if (keep.leftOut > 0) {
    show(setText(screen, "left-out", text.t("keep.left-out", { count: keep.leftOut })), true);
  }
  tellRetention(app, screen, keep.view);
  setUpReveal(screen, text, keep.words);
  setUpCopy(screen, text, keep.words);
  onClick(byRole(screen, "print"), () => printWords(keep.words));
  setUpRetype(screen, text, keep.words);
  onClick(byRole(screen, "finish"), keep.finish);
  return screen;
}

export function doneScreen(app: App): HTMLElement {
  const screen = clone("t-done");
  onClick(byRole(screen, "leave"), app.leave);
  return screen;
}
