import { byId, byRole, clone, setText } from "../kit/dom.ts";
import type { Text } from "../kit/text.ts";
import { findHost } from "./host.ts";
import type { NewsroomView } from "./worker/api.ts";

function addressLine(origin: string): HTMLElement {
  const item = document.createElement("li");
  const code = document.createElement("code");
  code.textContent = origin;
  item.append(code);
  return item;
}

/** Says plainly when this page stands at an address the newsroom did not sign. */
export function warnOfHost(text: Text, view: NewsroomView): void {
  const finding = findHost(location, view.sourceOrigins);
  if (finding === "own") return;
  const warning = clone("t-warning");
  setText(warning, "title", text.t(`warning.${finding}-title`));
  setText(warning, "text", text.t(`warning.${finding}`));
  byRole(warning, "addresses").replaceChildren(...view.sourceOrigins.map(addressLine));
  byId("warnings").replaceChildren(warning);
}
