import { byRole, clone, onClick, setText, showLines } from "../../kit/dom.ts";
import type { RunningOut } from "../worker/key-watch.ts";
import type { Overview } from "../worker/overview.ts";
import type { Desk } from "./view.ts";

/** Whose keys run out, and what that person has to do. */

const lineOf = ({ text }: Desk, { name, me, untilDay }: RunningOut): string => {
  const key = `warning.keys-end.${untilDay === null ? "missing" : "ends"}${me ? "You" : ""}`;
  return text.t(key, { name, day: untilDay === null ? "" : text.day(untilDay) });
};

export const keysEndPart = (desk: Desk, { runningOut }: Overview): HTMLElement => {
  const part = clone("part-keys-end");
  setText(part, "warning-title", desk.text.t("warning.keys-end.title"));
  const lines = runningOut.map((one) => lineOf(desk, one));
  showLines(byRole(part, "lines"), lines);
  onClick(setText(part, "act", desk.text.t("warning.keys-end.look")), () => desk.go("keys"));
  return part;
};
