import { confirmStep } from "../../kit/confirm.ts";
import { byRole, byRoleOf, clone, onClick, setText, show } from "../../kit/dom.ts";
import { showWords } from "../pieces/words.ts";
import type { Desk } from "../shell/view.ts";
import type { Work } from "../shell/work.ts";
import type { KeyChangeRow } from "../worker/key-changes.ts";

/** Colleagues' new lasting keys: nothing is signed before the admin has said that both see the same words. */

const openSigning = (part: HTMLElement, desk: Desk, given: { row: KeyChangeRow; work: Work }) => {
  const { row, work } = given;
  const { memberNumber, name } = row;
  const words = row.words ?? [];
  showWords(part, words);
  setText(part, "approve", desk.text.t("lasting.approve", { name }));
  const same = byRoleOf(part, "same", HTMLInputElement);
  const approve = byRoleOf(part, "approve", HTMLButtonElement);
  onClick(approve, () => {
    show(byRole(part, "not-same"), !same.checked);
    if (!same.checked) return same.focus();
    const done = desk.text.t("lasting.approved", { name });
    work(desk.keys.approveKeyChange({ memberNumber, words }), done, approve);
  });
};

const changePart = (desk: Desk, row: KeyChangeRow, work: Work): HTMLElement => {
  const { memberNumber, name, words, stolen } = row;
  const part = clone("part-key-change");
  setText(part, "title", desk.text.t("lasting.wish", { name }));
  const sound = words !== null;
  for (const role of ["compare", "words", "same-part", "approve"]) show(byRole(part, role), sound);
  show(byRole(part, "broken"), !sound);
  show(byRole(part, "stolen"), stolen);
  if (sound) openSigning(part, desk, { row, work });
  setText(part, "asking-title", desk.text.t("lasting.refuseAsk", { name }));
  confirmStep(part, () =>
    work(desk.keys.refuseKeyChange({ memberNumber }), desk.text.t("lasting.refused", { name })),
  );
  return part;
};

/** What is already shown stays as it is: someone may be comparing words in it. */
export type ShownChanges = { key: string | null };

type Given = { readonly work: Work; readonly shown: ShownChanges };

export const fillKeyChanges = async (root: HTMLElement, desk: Desk, given: Given) => {
  const rows = await desk.keys.keyChanges(undefined);
  const key = rows.map(({ memberNumber, words }) => `${memberNumber} ${words}`).join("\n");
  if (key === given.shown.key || !root.isConnected) return;
  given.shown.key = key;
  byRole(root, "key-changes").replaceChildren(
    ...rows.map((row) => changePart(desk, row, given.work)),
  );
};
