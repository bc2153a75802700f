import type { Standing } from "../worker/standing.ts";
import type { App } from "./app.ts";
import { rememberUser } from "./last-user.ts";

/** From an open vault to the screen that fits. */
export const goStanding = (app: App, standing: Standing): void => {
  rememberUser(standing.me.userName);
  app.go({ at: standing.at, me: standing.me });
};
