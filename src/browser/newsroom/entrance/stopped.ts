import { byRole, onClick, setText } from "../../kit/dom.ts";
import { type App, troubleText } from "../shell/app.ts";

/** Nothing can go on; says why and what to do. */
export const stopped = (app: App, code: string): void => {
  const screen = app.show("screen-stopped");
  const title = app.text.t(`stopped.${code}`);
  if (title !== `stopped.${code}`) setText(screen, "title", title);
  setText(screen, "reason", troubleText(app.text, code));
  onClick(byRole(screen, "again"), () => app.go({ at: "start" }));
};
