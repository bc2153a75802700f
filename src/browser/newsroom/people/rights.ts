import { confirmStep } from "../../kit/confirm.ts";
import { byRole, setText, show } from "../../kit/dom.ts";
import type { Desk } from "../shell/view.ts";
import type { Work } from "../shell/work.ts";
import type { MemberRow } from "../worker/people.ts";

/** An admin's rights: given, taken away, laid down. */

type Way = {
  readonly part: HTMLElement;
  /** Under `people.` in the catalogue: `<key>Ask`, `<key>Title`, `<key>Do`. */
  readonly key: string;
  readonly name: string;
  readonly act: () => void;
};

const openWay = ({ text }: Desk, { part, key, name, act }: Way): void => {
  show(part, true);
  setText(part, "ask", text.t(`people.${key}Ask`));
  setText(part, "asking-title", text.t(`people.${key}Title`, { name }));
  setText(part, "do", text.t(`people.${key}Do`, { name }));
  confirmStep(part, act);
};

const giveKey = ({ role, key }: MemberRow): string => {
  if (role !== "admin") return "makeAdmin";
  return key === "held" || key === "on-its-way" ? "sendAgain" : "sendKey";
};

const openGive = (line: HTMLElement, desk: Desk, given: Given): void => {
  const { member, work } = given;
  const { name, memberNumber } = member;
  const key = giveKey(member);
  const act = (): void =>
    work(desk.keys.makeAdmin({ memberNumber }), desk.text.t(`people.${key}Done`, { name }));
  openWay(desk, { part: byRole(line, "give"), key, name, act });
};

const openTake = (line: HTMLElement, desk: Desk, given: Given): void => {
  const { member, work } = given;
  const { name, memberNumber } = member;
  const act = (): void =>
    work(desk.keys.takeRights({ memberNumber }), desk.text.t("people.takeDone", { name }));
  openWay(desk, { part: byRole(line, "take"), key: "take", name, act });
};

/** The desk was opened as an admin's: it ends, and opens anew as a journalist's. */
const openStepDown = (line: HTMLElement, desk: Desk, { member }: Given): void => {
  const act = (): void => {
    desk.keys
      .stepDown(undefined)
      .then(() => desk.end({ session: "kept", notice: "people.stepDownDone" }), desk.trouble);
  };
  openWay(desk, { part: byRole(line, "take"), key: "stepDown", name: member.name, act });
};

type Given = { readonly member: MemberRow; readonly work: Work };

const showKeyState = (line: HTMLElement, { text }: Desk, member: MemberRow): void => {
  const state = member.role === "admin" && !member.me ? member.key : null;
  const told = state === "none" || state === "on-its-way" || state === "taken-away";
  show(byRole(line, "key-state"), told);
  if (told) setText(line, "key-state", text.t(`people.key.${state}`));
};

/** In every state: that a letter was collected is only what this vault believes, and another copy of the key harms nobody. */
export const offersKey = ({ me, key }: MemberRow): boolean => !me && key !== null;

/** Also without the role: where stepping down was broken off, the key is still in the vault and nobody else can take it out. */
export const offersStepDown = ({ me, role, key }: MemberRow): boolean =>
  me && (role === "admin" || key === "held");

/** The key itself is only given by one whose vault holds it. */
export const openRights = (line: HTMLElement, desk: Desk, given: Given): void => {
  const { member } = given;
  showKeyState(line, desk, member);
  if (member.state !== "current") return;
  if (offersKey(member)) openGive(line, desk, given);
  if (offersStepDown(member)) openStepDown(line, desk, given);
  else if (member.role === "admin") openTake(line, desk, given);
};
