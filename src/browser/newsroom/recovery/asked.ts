import { confirmStep } from "../../kit/confirm.ts";
import { byRole, byRoleOf, clone, onClick, setText, show } from "../../kit/dom.ts";
import { showWords } from "../pieces/words.ts";
import type { Desk } from "../shell/view.ts";
import type { Work } from "../shell/work.ts";
import type { RequestShown } from "../worker/word-shares/helping.ts";
import type { RecoveryPage } from "../worker/word-shares/status.ts";

/** Colleagues who ask for what this member holds. Nothing is given before a person has talked to them. */

const openGiving = (
  part: HTMLElement,
  desk: Desk,
  given: { request: RequestShown; work: Work },
) => {
  const { request, work } = given;
  const { id, name, words } = request;
  const same = byRoleOf(part, "same", HTMLInputElement);
  const give = byRoleOf(part, "give", HTMLButtonElement);
  onClick(give, () => {
    show(byRole(part, "not-same"), !same.checked);
    if (!same.checked) return same.focus();
    const done = desk.text.t("recovery.giveDone", { name });
    work(desk.keys.giveShare({ id, words }), done, give);
  });
};

/** A colleague who has lost everything, or somebody who says so. */
export const requestPart = (desk: Desk, request: RequestShown, work: Work): HTMLElement => {
  const { text } = desk;
  const { name, userName, day, answered } = request;
  const part = clone("part-recovery-request");
  setText(part, "title", text.t("recovery.requestTitle", { name }));
  setText(part, "text", text.t("recovery.requestText", { name, userName, day: text.day(day) }));
  showWords(part, request.words);
  setText(part, "give", text.t("recovery.give", { name }));
  show(byRole(part, "given"), answered);
  show(byRole(part, "give-part"), !answered);
  show(byRole(part, "give"), !answered);
  if (!answered) openGiving(part, desk, { request, work });
  const admin = desk.me.role === "admin";
  show(byRole(part, "ask"), admin);
  setText(part, "asking-title", text.t("recovery.refuseAsk", { name }));
  if (admin) {
    confirmStep(part, () =>
      work(desk.keys.dropRequest({ id: request.id }), text.t("recovery.refused", { name })),
    );
  }
  return part;
};

type Asked = RecoveryPage["asked"][number];

/** A colleague who collects the newsroom words. */
export const collectPart = (desk: Desk, { memberNumber, name }: Asked, work: Work): HTMLElement => {
  const { text, keys } = desk;
  const part = clone("part-collect-asked");
  setText(part, "title", text.t("recovery.collectAsked", { name }));
  setText(part, "text", text.t("recovery.collectAskedText", { name }));
  setText(part, "ask", text.t("recovery.collectGive", { name }));
  setText(part, "asking-title", text.t("recovery.collectGiveAsk", { name }));
  setText(part, "do", text.t("recovery.collectGiveDo", { name }));
  onClick(byRole(part, "refuse"), () =>
    work(keys.refuseToGive({ memberNumber }), text.t("recovery.collectRefused", { name })),
  );
  confirmStep(part, () =>
    work(keys.giveBack({ memberNumber }), text.t("recovery.giveDone", { name })),
  );
  return part;
};
