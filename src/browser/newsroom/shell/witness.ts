import { confirmStep } from "../../kit/confirm.ts";
import { byRole, clone, onClick, setText, show, showLines } from "../../kit/dom.ts";
import type { Finding } from "../worker/witness/finding.ts";
import type { ShownChange, Witnessed } from "../worker/witnessing.ts";
import type { Desk } from "./view.ts";

/** What this browser found in the key log, and who was added, changed or retired by others, until that has been read. */

type Remedy = "rotate" | "people" | "keys";

/** What may have to be revoked, one press away: one's own keys, or somebody on the list. Who signs no list asks those who do. */
const remedyOf = ({ kind }: Finding, desk: Desk): Remedy | null => {
  switch (kind) {
    case "foreign-key":
    case "source-key":
      return desk.me.role === "admin" ? "rotate" : "keys";
    case "key-missing":
    case "vault-back":
      return desk.me.role === "admin" ? "rotate" : null;
    case "source-list":
    case "tip-list":
    case "roster-hidden":
    case "roster-unlogged":
    case "colleague-back":
      return desk.me.role === "admin" ? "people" : null;
    case "fork":
    case "shrunk":
    case "list-gone":
    case "log-key":
    case "log-broken":
    case "source-log":
    case "deleted-back":
    case "colleague-more":
    case "colleague-fork":
      return null;
  }
};

const rotateMine = (desk: Desk): void => {
  desk.keys
    .rotate({ members: [desk.me.memberNumber ?? 0] })
    .then(() => desk.done(desk.text.t("witness.rotated")), desk.trouble);
};

const follow = (desk: Desk, remedy: Remedy): void => {
  if (remedy === "rotate") rotateMine(desk);
  else if (remedy === "keys") desk.go("keys", "lasting-title");
  else desk.go("people");
};

const findingPart = (desk: Desk, finding: Finding): HTMLElement => {
  const part = clone("part-finding");
  const { text } = desk;
  const values = "name" in finding ? { name: finding.name, day: text.day(finding.day) } : {};
  const remedy = remedyOf(finding, desk);
  setText(part, "finding-title", text.t(`witness.${finding.kind}.title`, values));
  setText(part, "text", text.t(`witness.${finding.kind}.text`, values));
  show(byRole(part, "actions"), remedy !== null);
  if (remedy !== null) {
    const act = setText(part, "act", text.t(`witness.act.${remedy}`));
    onClick(act, () => follow(desk, remedy));
  }
  offerRestored(part, desk, finding);
  return part;
};

/** A played-in backup could be the reason. */
const SET_BACK: readonly Finding["kind"][] = ["shrunk", "fork", "list-gone"];

/** Offered to those who can sign that it was. */
const offerRestored = (part: HTMLElement, desk: Desk, { kind }: Finding): void => {
  if (desk.me.role !== "admin" || !SET_BACK.includes(kind)) return;
  const place = byRole(part, "restored");
  show(place, true);
  confirmStep(place, () => {
    desk.keys
      .sayRestored(undefined)
      .then(() => desk.done(desk.text.t("witness.restored")), desk.trouble);
  });
};

const changesPart = (desk: Desk, changes: readonly ShownChange[]): HTMLElement => {
  const part = clone("part-changes");
  const lines = changes.map(({ kind, name }) => desk.text.t(`witness.change.${kind}`, { name }));
  showLines(byRole(part, "changes"), lines);
  const list = byRole(part, "list");
  show(list, desk.me.role === "admin");
  onClick(list, () => desk.go("people"));
  onClick(byRole(part, "acknowledge"), () => {
    desk.keys
      .acknowledgeChanges(undefined)
      .then(() => desk.done(desk.text.t("witness.acknowledged")), desk.trouble);
  });
  return part;
};

export const showWitnessed = (
  place: HTMLElement,
  desk: Desk,
  { findings, changes }: Pick<Witnessed, "findings" | "changes">,
): void => {
  place.replaceChildren(
    ...findings.map((finding) => findingPart(desk, finding)),
    ...(changes.length === 0 ? [] : [changesPart(desk, changes)]),
  );
};

/** The log's part of the state line; empty until it has been looked at. */
export const logWords = ({ text }: Desk, { looked }: Witnessed): string => {
  if (looked === null || looked.size === 0) return "";
  const key = looked.compared ? "witness.checked" : "witness.checkedHere";
  return ` · ${text.t(key, { count: looked.size })}`;
};
