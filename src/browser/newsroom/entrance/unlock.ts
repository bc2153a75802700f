import { codeOf } from "../../kit/code-error.ts";
import { byRole, onClick, setText } from "../../kit/dom.ts";
import { onValid, openForm, required } from "../pieces/form.ts";
import type { App } from "../shell/app.ts";
import { goStanding } from "../shell/enter.ts";
import { forgetUser } from "../shell/last-user.ts";
import { showNotice } from "./notice.ts";

type Who = { readonly userName: string; readonly notice?: string };

const leave = async (app: App): Promise<void> => {
  try {
    await app.keys().logOut({ everywhere: false });
  } finally {
    app.dropKeys();
    forgetUser();
    app.go({ at: "login" });
  }
};

/** The session still stands; the keys are gone and come back with the passphrase alone. */
export const unlock = (app: App, { userName, notice }: Who): void => {
  const screen = app.show("screen-unlock");
  const form = openForm(screen);
  // For password managers, which look for a name beside the passphrase.
  form.set("user-name", userName);
  setText(screen, "who", app.text.t("unlock.who", { name: userName }));
  showNotice(app, screen, notice);
  onValid(form, app.text, {
    rules: [required("passphrase")],
    sentences: { "wrong-login": "unlock.wrong" },
    act: async () => {
      const passphrase = form.field("passphrase").value;
      try {
        goStanding(app, await app.keys().unlock({ userName, passphrase }));
      } catch (error) {
        if (codeOf(error) !== "not-logged-in") throw error;
        app.go({ at: "login", notice: "login.ended" });
      }
    },
  });
  onClick(byRole(screen, "leave"), () => void leave(app));
  form.field("passphrase").focus();
};
