import { confirmStep } from "../../kit/confirm.ts";
import { byRole, byRoleOf, clone, onClick, setText, show } from "../../kit/dom.ts";
import type { Desk } from "../shell/view.ts";
import type { Work } from "../shell/work.ts";
import type { MemberRow } from "../worker/people.ts";
import { openRetireFacts } from "./retire-facts.ts";
import { offersStepDown, openRights } from "./rights.ts";

type Given = {
  readonly member: MemberRow;
  readonly work: Work;
  /** Where the link for a new second factor is shown. */
  readonly showLink: (secret: Uint8Array, name: string) => void;
};

const openRetiring = (line: HTMLElement, desk: Desk, given: Given) => {
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

/** The link is the colleague's to use; only they have the passphrase that must go with it. */
const openResetting = (line: HTMLElement, desk: Desk, given: Given): void => {
  const { member, showLink } = given;
  const part = byRole(line, "reset-part");
  const { text, keys } = desk;
  const { name, memberNumber } = member;
  setText(part, "asking-title", text.t("resets.ask", { name }));
  confirmStep(part, () => {
    keys
      .resetFactor({ memberNumber })
      .then((secret) => showLink(secret, name))
      .catch(desk.trouble);
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

/** What can be done with a member is for admins; whoever still holds the newsroom's key can lay it down. */
export const offersAction = ({ me }: Desk, member: MemberRow): boolean =>
  me.role === "admin" || offersStepDown(member);

/** One member; retiring is for admins, and never oneself. */
export const memberLine = (desk: Desk, given: Given): HTMLElement => {
  const { text } = desk;
  const { member } = given;
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
  const action = offersAction(desk, member);
  show(byRole(line, "action"), action);
  show(byRole(line, "ask"), admin && !me);
  show(byRole(line, "reset-part"), admin && !me);
  if (admin && !me) {
    openRetiring(line, desk, given);
    openResetting(line, desk, given);
  }
  if (action) openRights(line, desk, given);
  return line;
};
