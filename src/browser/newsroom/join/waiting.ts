import type { Me } from "../../../protocol/public/staff-api.ts";
import { codeOf } from "../../kit/code-error.ts";
import { byRole, onClick, setText } from "../../kit/dom.ts";
import { nowAndThen } from "../../kit/now-and-then.ts";
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

const take = (app: App, answer: Exclude<Answer, null>, userName: string): void => {
  if (answer !== "locked" && answer !== "refused") {
    goStanding(app, answer);
    return;
  }
  app.dropKeys();
  if (answer === "locked") app.go({ at: "unlock", userName, notice: "unlock.idle" });
  else app.go({ at: "login", notice: "waiting.refused" });
};

const askOn = (app: App, screen: HTMLElement, userName: string): void => {
  let asking = false;
  const ask = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    const answer = screen.isConnected ? await askOnce(app, screen) : null;
    asking = false;
    if (answer !== null || !screen.isConnected) end();
    if (answer !== null && screen.isConnected) take(app, answer, userName);
  };
  const end = nowAndThen(ASK_MS, () => void ask());
  void ask();
};

/** Enrolled and not yet approved: the eight words to compare, and a look every few seconds. */
export const waiting = async (app: App, me: Me): Promise<void> => {
  const screen = app.show("screen-waiting");
  onClick(byRole(screen, "leave"), () => void leave(app));
  await showCurrentWords(app, screen);
  askOn(app, screen, me.userName);
};
