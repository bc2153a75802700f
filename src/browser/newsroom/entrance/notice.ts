import { byRole, show } from "../../kit/dom.ts";
import type { App } from "../shell/app.ts";

/** One line above a form: why one is here. */
export const showNotice = (app: App, screen: HTMLElement, key: string | undefined): void => {
  const notice = byRole(screen, "notice");
  show(notice, key !== undefined);
  if (key !== undefined) notice.textContent = app.text.t(key);
};
