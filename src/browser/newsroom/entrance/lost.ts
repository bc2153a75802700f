import { codeOf } from "../../kit/code-error.ts";
import { confirmStep } from "../../kit/confirm.ts";
import { byRole, focusOn, onClick, setText, show } from "../../kit/dom.ts";
import { onValid, openForm, required } from "../pieces/form.ts";
import { showWords } from "../pieces/words.ts";
import type { App } from "../shell/app.ts";
import type { LostProgress } from "../worker/word-shares/lost.ts";

/** *I have lost my words too*: colleagues who hold shares give them, after eight words were compared. */

const LOOK_MS = 5_000;

const progressWords = ({ text }: App, { names, needed, words }: LostProgress): string => {
  if (names.length === 0) return text.t("lost.nobodyYet");
  if (words !== null) return text.t("lost.enough");
  return text.t("lost.some", { names: text.list(names), needed: needed ?? 0 });
};

const wait = (app: App, screen: HTMLElement, userName: string): void => {
  const enter = byRole(screen, "enter");
  let found: readonly string[] = [];
  const look = async (): Promise<void> => {
    try {
      const progress = await app.keys().lookForShares(undefined);
      setText(screen, "progress", progressWords(app, progress));
      found = progress.words ?? [];
    } catch (error) {
      setText(
        screen,
        "progress",
        app.text.t(codeOf(error) === "offline" ? "lost.offline" : "error.failed"),
      );
    }
    show(enter, found.length > 0);
    if (found.length > 0) enter.focus();
    else if (screen.isConnected) setTimeout(() => void look(), LOOK_MS);
  };
  onClick(enter, () => app.go({ at: "recover", userName, words: found }));
  void look();
};

const showWaiting = (app: App, screen: HTMLElement, words: readonly string[]): void => {
  show(byRole(screen, "start"), false);
  const waiting = byRole(screen, "waiting");
  showWords(waiting, words);
  show(waiting, true);
  focusOn(byRole(waiting, "waiting-title"));
  const begin = (): void => {
    app.dropKeys();
    app.go({ at: "lost" });
  };
  // Without a line the old request stays for its seven days; nobody has the keys to it any more.
  confirmStep(byRole(waiting, "again"), () => {
    app.keys().withdrawRequest(undefined).then(begin, begin);
  });
};

export const lost = (app: App): void => {
  const screen = app.show("screen-lost");
  const form = openForm(screen);
  onValid(form, app.text, {
    rules: [required("user-name")],
    act: async () => {
      const userName = form.value("user-name").toLowerCase();
      showWaiting(app, screen, await app.keys().askColleagues({ userName }));
      wait(app, screen, userName);
    },
  });
  onClick(byRole(screen, "back"), () => app.go({ at: "login" }));
};
