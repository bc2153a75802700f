import { byRole, clone, onClick, setText } from "../../kit/dom.ts";
import type { RunningOut } from "../worker/key-watch.ts";
import type { Overview } from "../worker/overview.ts";
import type { Desk } from "./view.ts";

/** Whose keys run out, and what that person has to do. */

const lineOf = ({ text }: Desk, { name, me, untilDay }: RunningOut): HTMLElement => {
  const line = document.createElement("li");
  const key = `warning.keys-end.${untilDay === null ? "missing" : "ends"}${me ? "You" : ""}`;
  line.textContent = text.t(key, { name, day: untilDay === null ? "" : text.day(untilDay) });
  return line;
};

export const keysEndPart = (desk: Desk, { runningOut }: Overview): HTMLElement => {
  const part = clone("part-keys-end");
  setText(part, "warning-title", desk.text.t("warning.keys-end.title"));
  byRole(part, "lines").replaceChildren(...runningOut.map((one) => lineOf(desk, one)));
  onClick(setText(part, "act", desk.text.t("warning.keys-end.look")), () => desk.go("keys"));
  return part;
};
