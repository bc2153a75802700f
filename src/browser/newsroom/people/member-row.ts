import { confirmStep } from "../../kit/confirm.ts";
import { byRole, byRoleOf, clone, onClick, setText, show } from "../../kit/dom.ts";
import type { Desk } from "../shell/view.ts";
import type { MemberRow } from "../worker/people.ts";
import type { Work } from "./people-work.ts";
import { openRetireFacts } from "./retire-facts.ts";

const openRetiring = (line: HTMLElement, desk: Desk, given: { member: MemberRow; work: Work }) => {
  const { member, work } = given;
  const { text } = desk;
  setText(line, "asking-title", text.t("people.retireAsk", { name: member.name }));
  setText(line, "do", text.t("people.retireDo", { name: member.name }));
  for (const role of ["leaves", "stolen"]) {
    byRoleOf(line, role, HTMLInputElement).name = `reason-${member.memberNumber}`;
  }
  const facts = openRetireFacts(line, desk, member);
  onClick(byRole(line, "ask"), facts.fill);
  confirmStep(line, () => {
    const stolen = byRoleOf(line, "stolen", HTMLInputElement).checked;
    const { memberNumber } = member;
    work(
      desk.keys.retire({ memberNumber, stolen }),
      text.t("people.retired", { name: member.name }),
    );
  });
};

const absenceText = ({ text }: Desk, { absence }: MemberRow): string => {
  switch (absence.kind) {
    case "none":
      return "";
    case "not-offered":
      return text.t("people.notOffered");
    case "losing":
      return text.t("people.losing", { day: text.day(absence.fromDay) });
  }
};

/** One member; retiring is for admins, and never oneself. */
export const memberLine = (desk: Desk, member: MemberRow, work: Work): HTMLElement => {
  const { text } = desk;
  const line = clone("row-member");
  const { name, me, userName, role, lastUnlockDay } = member;
  setText(line, "name", me ? text.t("people.you", { name }) : name);
  setText(line, "user-name", userName ?? text.t("people.unknown"));
  setText(line, "role", role === null ? text.t("people.unknown") : text.t(`role.${role}`));
  setText(
    line,
    "last-unlock",
    lastUnlockDay === null ? text.t("people.unknown") : text.day(lastUnlockDay),
  );
  setText(line, "absence", absenceText(desk, member));
  show(byRole(line, "absence"), member.state === "current" && member.absence.kind !== "none");
  const admin = desk.me.role === "admin";
  show(byRole(line, "action"), admin);
  show(byRole(line, "ask"), admin && !me);
  if (admin && !me) openRetiring(line, desk, { member, work });
  return line;
};
