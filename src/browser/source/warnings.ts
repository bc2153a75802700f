import { byId, byRole, clone, setText } from "../kit/dom.ts";
import type { Text } from "../kit/text.ts";
import { findHost } from "./host.ts";
import type { NewsroomView } from "./worker/api.ts";

function warningOf(text: Text, name: string): HTMLElement {
  const warning = clone("t-warning");
  setText(warning, "title", text.t(`warning.${name}-title`));
  setText(warning, "text", text.t(`warning.${name}`));
  return warning;
}

function addressLine(origin: string): HTMLElement {
  const item = document.createElement("li");
  const code = document.createElement("code");
  code.textContent = origin;
  item.append(code);
  return item;
}

function hostWarning(text: Text, view: NewsroomView): HTMLElement | null {
  const finding = findHost(location, view.sourceOrigins);
  if (finding === "own") return null;
  const warning = warningOf(text, finding);
  byRole(warning, "addresses").replaceChildren(...view.sourceOrigins.map(addressLine));
  return warning;
}

/** Says plainly when this page stands at an address the newsroom did not sign, or the link is of a key that was given up. */
export function showWarnings(text: Text, view: NewsroomView): void {
  const host = hostWarning(text, view);
  const key = view.link === "stolen" ? warningOf(text, "key") : null;
  byId("warnings").replaceChildren(...[host, key].filter((one) => one !== null));
}
