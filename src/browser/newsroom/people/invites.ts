import { confirmStep } from "../../kit/confirm.ts";
import { byRole, byRoleOf, clone, onClick, setText, show } from "../../kit/dom.ts";
import { showWords } from "../pieces/words.ts";
import type { Desk } from "../shell/view.ts";
import type { Work } from "../shell/work.ts";
import type { InviteRow } from "../worker/people.ts";

/** An open or expired invitation. */
export const inviteRow = (desk: Desk, invite: InviteRow, work: Work): HTMLElement => {
  const { text } = desk;
  const line = clone("row-invite");
  const { id, label, state } = invite;
  setText(line, "label", label);
  setText(line, "state", text.t(`people.invite.${state}`));
  setText(line, "asking-title", text.t("people.withdrawAsk", { label }));
  confirmStep(line, () => work(desk.keys.withdraw({ id }), text.t("people.withdrawn", { label })));
  return line;
};

/** Nothing is signed before the admin has said that both see the same words. */
const openApproving = (part: HTMLElement, desk: Desk, given: { invite: InviteRow; work: Work }) => {
  const { invite, work } = given;
  const words = invite.words ?? [];
  const name = invite.answer?.name ?? "";
  showWords(part, words);
  setText(part, "approve", desk.text.t("people.approve", { name }));
  const same = byRoleOf(part, "same", HTMLInputElement);
  const approve = byRoleOf(part, "approve", HTMLButtonElement);
  onClick(approve, () => {
    show(byRole(part, "not-same"), !same.checked);
    if (!same.checked) return same.focus();
    const done = desk.text.t("people.approved", { name });
    work(desk.keys.approve({ id: invite.id, words }), done, approve);
  });
};

/** An answered invitation: eight words to compare, then approve or refuse. */
export const invitePart = (desk: Desk, invite: InviteRow, work: Work): HTMLElement => {
  const { text } = desk;
  const part = clone("part-answered");
  const name = invite.answer?.name ?? "";
  setText(part, "title", text.t("people.answered", { name, label: invite.label }));
  setText(part, "name", name);
  setText(part, "user-name", invite.answer?.userName ?? "");
  const comparable = invite.words !== null;
  show(byRole(part, "no-secret"), !comparable);
  show(byRole(part, "same-part"), comparable);
  show(byRole(part, "words"), comparable);
  show(byRole(part, "approve"), comparable);
  if (comparable) openApproving(part, desk, { invite, work });
  setText(part, "asking-title", text.t("people.refuseAsk", { name }));
  confirmStep(part, () =>
    work(desk.keys.withdraw({ id: invite.id }), text.t("people.refused", { name })),
  );
  return part;
};
