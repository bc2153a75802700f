import { byRole, byRoleOf, clone, onClick, setText, show, showLines } from "../kit/dom.ts";
import type { Text } from "../kit/text.ts";
import type { NewsroomView, Reader } from "./worker/api.ts";

/** Names with tick boxes, and the twelve words to compare. */
export type Readers = {
  readonly fill: (view: NewsroomView, preset: readonly number[] | null) => void;
  /** Member numbers of the ticked. */
  readonly chosen: () => readonly number[];
};

export type ChooseKey = "readers.choose" | "readers.choose-answer";

/** So many are ticked one by one. */
const fewReaders = 3;

function rowOf(text: Text, reader: Reader, ticked: boolean): HTMLElement {
  const row = clone("t-reader");
  const box = byRoleOf(row, "reader", HTMLInputElement);
  setText(row, "name", reader.name);
  setText(row, "state", reader.reachable ? "" : `· ${text.t("readers.away")}`);
  box.value = String(reader.memberNumber);
  box.disabled = !reader.reachable;
  box.checked = reader.reachable && ticked;
  return row;
}

/** What is still in print from before a change of the newsroom's key. */
function fillFormer(form: HTMLElement, text: Text, former: NewsroomView["formerWords"]): void {
  const lines = former.map(({ untilDay, words }) => {
    const line = document.createElement("p");
    line.textContent = text.t("check.former", { day: text.day(untilDay), words: words.join(" ") });
    return line;
  });
  byRole(form, "former").replaceChildren(...lines);
}

export function createReaders(form: HTMLElement, text: Text, chooseKey: ChooseKey): Readers {
  const list = byRole(form, "reader-list");
  const boxes = (): readonly HTMLInputElement[] => [...list.querySelectorAll("input")];
  const tickAll = (ticked: boolean): void => {
    for (const box of boxes()) box.checked = ticked && !box.disabled;
  };
  onClick(byRole(form, "all"), () => tickAll(true));
  onClick(byRole(form, "no-one"), () => tickAll(false));
  return {
    fill: (view, preset) => {
      const untouched = new Set(
        boxes()
          .filter((box) => !box.checked)
          .map((box) => Number(box.value)),
      );
      const isTicked = (reader: Reader): boolean =>
        preset === null
          ? !untouched.has(reader.memberNumber)
          : preset.includes(reader.memberNumber);
      list.replaceChildren(...view.readers.map((reader) => rowOf(text, reader, isTicked(reader))));
      setText(form, "readers-state", text.t(chooseKey));
      show(byRole(form, "all-or-none"), view.readers.length > fewReaders);
      showLines(byRole(form, "fingerprint"), view.fingerprintWords);
      fillFormer(form, text, view.formerWords);
      setText(form, "check-link", text.t(`check.link-${view.link}`));
      show(byRole(form, "check"), true);
    },
    chosen: () =>
      boxes()
        .filter((box) => box.checked && !box.disabled)
        .map((box) => Number(box.value)),
  };
}
