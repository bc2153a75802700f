import type { Me } from "../../../protocol/public/staff-api.ts";
import { codeOf } from "../../kit/code-error.ts";
import { byRole, onClick, setText } from "../../kit/dom.ts";
import { showWords } from "../pieces/words.ts";
import { type App, troubleText } from "../shell/app.ts";
import { goStanding } from "../shell/enter.ts";
import { forgetUser } from "../shell/last-user.ts";
import type { Standing } from "../worker/standing.ts";

const ASK_MS = 5_000;

const leave = async (app: App): Promise<void> => {
  const { logOut } = app.keys();
  await logOut({ everywhere: false }).catch(() => undefined);
  app.dropKeys();
  forgetUser();
  app.go({ at: "login" });
};

/** Others than before once the newsroom's key has changed: the admin sees them made with the new one. */
const showCurrentWords = async (app: App, screen: HTMLElement): Promise<void> => {
  const words = await app.keys().waitingWords(undefined);
  const shown = [...byRole(screen, "words").children].map((item) => item.textContent);
  if (shown.join(" ") !== words.join(" ")) showWords(screen, words);
};

type Answer = Standing | "locked" | "refused" | null;

/** Null while there is nothing new, or the line is gone. */
const askOnce = async (app: App, screen: HTMLElement): Promise<Answer> => {
  try {
    const standing = await app.keys().askApproval(undefined);
    setText(screen, "status", app.text.t("waiting.status"));
    if (standing.at === "desk") return standing;
    await showCurrentWords(app, screen);
    return null;
  } catch (error) {
    if (codeOf(error) === "session-locked") return "locked";
    if (codeOf(error) === "not-logged-in") return "refused";
    setText(screen, "status", troubleText(app.text, codeOf(error)));
    return null;
  }
};

const askOn = async (app: App, screen: HTMLElement, userName: string): Promise<void> => {
  const answer = await askOnce(app, screen);
  if (!screen.isConnected) return;
  if (answer === null) {
    setTimeout(() => void askOn(app, screen, userName), ASK_MS);
    return;
  }
  if (answer !== "locked" && answer !== "refused") {
    goStanding(app, answer);
    return;
  }
  app.dropKeys();
  if (answer === "locked") app.go({ at: "unlock", userName, notice: "unlock.idle" });
  else app.go({ at: "login", notice: "waiting.refused" });
};

/** Enrolled and not yet approved: the eight words to compare, and a look every few seconds. */
export const waiting = async (app: App, me: Me): Promise<void> => {
  const screen = app.show("screen-waiting");
  onClick(byRole(screen, "leave"), () => void leave(app));
  await showCurrentWords(app, screen);
  void askOn(app, screen, me.userName);
};
