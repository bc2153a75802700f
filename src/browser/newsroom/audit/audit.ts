import { AUDIT_KINDS, type AuditKind } from "../../../protocol/public/audit.ts";
import { byRole, byRoleOf, focusOn, onClick, onSubmit, show } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";
import type { Desk, View } from "../shell/view.ts";
import type { AuditFilter } from "../worker/audit.ts";
import type { MemberRow } from "../worker/people.ts";
import { auditRow, kindWords } from "./lines.ts";
import { openVerdict } from "./verdict.ts";

/** What happened to people, keys and settings; about sources never more than how many on which day. */

const DAY_MS = 86_400_000;

const option = (value: string, words: string): HTMLElement => {
  const element = document.createElement("option");
  element.value = value;
  element.textContent = words;
  return element;
};

const kinds = Object.keys(AUDIT_KINDS) as readonly AuditKind[];

const kindOptions = (text: Text): readonly HTMLElement[] =>
  kinds
    .map((kind) => ({ kind, words: kindWords(text, kind) }))
    .sort((a, b) => a.words.localeCompare(b.words, text.language))
    .map(({ kind, words }) => option(kind, words));

const memberOptions = (members: readonly MemberRow[]): readonly HTMLElement[] =>
  members.map(({ memberNumber, name }) => option(String(memberNumber), name));

const dayOf = (value: string): number | null =>
  value === "" ? null : Math.floor(Date.parse(value) / DAY_MS);

const filterOf = (root: HTMLElement, before: number): AuditFilter => {
  const value = (role: string): string => {
    const field = byRole(root, role);
    const typed = field instanceof HTMLSelectElement || field instanceof HTMLInputElement;
    return typed ? field.value : "";
  };
  const member = value("member");
  return {
    before,
    kind: kinds.find((kind) => kind === value("kind")) ?? null,
    member: member === "" ? null : Number(member),
    fromDay: dayOf(value("from")),
    toDay: dayOf(value("to")),
  };
};

const openLines = (root: HTMLElement, desk: Desk): void => {
  const { text, keys } = desk;
  const rows = byRole(root, "rows");
  /** Where each page up to the one shown begins. */
  let starts: readonly number[] = [0];
  let older: number | null = null;
  const load = async (to: readonly number[]): Promise<void> => {
    const page = await keys.auditPage(filterOf(root, to.at(-1) ?? 0));
    starts = to;
    older = page.more ? (page.lines.at(-1)?.number ?? null) : null;
    rows.replaceChildren(...page.lines.map((line) => auditRow(text, line)));
    show(byRole(root, "empty"), page.lines.length === 0);
    show(byRole(root, "newer"), starts.length > 1);
    show(byRole(root, "older"), older !== null);
  };
  const go = (to: readonly number[]): void => {
    load(to).then(() => focusOn(byRole(root, "lines-title")), desk.trouble);
  };
  onSubmit(byRole(root, "form"), () => void load([0]).catch(desk.trouble));
  onClick(byRole(root, "all"), () => {
    byRoleOf(root, "form", HTMLFormElement).reset();
    load([0]).catch(desk.trouble);
  });
  onClick(byRole(root, "older"), () => {
    if (older !== null) go([...starts, older]);
  });
  onClick(byRole(root, "newer"), () => go(starts.slice(0, -1)));
  load([0]).catch(desk.trouble);
};

const fillChoices = async (root: HTMLElement, desk: Desk): Promise<void> => {
  byRole(root, "kind").append(...kindOptions(desk.text));
  byRole(root, "member").append(...memberOptions(await desk.keys.members(undefined)));
};

export const auditView: View = {
  id: "audit",
  template: "view-audit",
  adminOnly: false,
  open: (root, desk) => {
    show(byRole(root, "part-seen"), desk.me.role !== "admin");
    fillChoices(root, desk).catch(desk.trouble);
    openLines(root, desk);
    openVerdict(root, desk);
    return {};
  },
};
