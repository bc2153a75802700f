import { codeOf } from "../../kit/code-error.ts";
import { byRole, setText, show } from "../../kit/dom.ts";
import { openDevicePart } from "../pieces/device-part.ts";
import { type Form, onPress, onValid, openForm, required } from "../pieces/form.ts";
import { askPasskey, canUsePasskeys } from "../pieces/passkey.ts";
import type { App } from "../shell/app.ts";
import { goStanding } from "../shell/enter.ts";
import { forgetUser } from "../shell/last-user.ts";
import type { Standing } from "../worker/standing.ts";
import { showNotice } from "./notice.ts";

type Who = { readonly userName: string; readonly notice?: string };

/** Without the server the session would stay, and whoever has read *logged out* would not know. */
const leave = async (app: App): Promise<void> => {
  try {
    await app.keys().logOut({ everywhere: false });
  } catch (error) {
    if (codeOf(error) !== "not-logged-in") throw error;
  }
  app.dropKeys();
  forgetUser();
  app.go({ at: "login" });
};

/** Where the session is over after all, everything is asked again. */
const entering = async (app: App, work: () => Promise<Standing>): Promise<void> => {
  try {
    goStanding(app, await work());
  } catch (error) {
    if (codeOf(error) !== "not-logged-in") throw error;
    app.go({ at: "login", notice: "login.ended" });
  }
};

const openPasskey = (app: App, form: Form, userName: string): void => {
  const button = byRole(form.root, "passkey-alone");
  show(button, false);
  if (!canUsePasskeys()) return;
  void app
    .keys()
    .knowsPasskey({ userName })
    .then((known) => show(button, known));
  onPress(form, app.text, {
    role: "passkey-alone",
    rules: [],
    sentences: { "wrong-login": "login.passkeyWrong" },
    act: async () => {
      const question = await app.keys().askForPasskey({ userName });
      const answer = await askPasskey(question, { unlocks: true });
      await entering(app, () => app.keys().unlockByPasskey({ userName, ...answer }));
    },
  });
};

/** The session still stands; the keys are gone and come back with the passphrase, or with a passkey that opens them. */
export const unlock = (app: App, { userName, notice }: Who): void => {
  const screen = app.show("screen-unlock");
  const form = openForm(screen);
  const device = openDevicePart(form, app.keys);
  // For password managers, which look for a name beside the passphrase.
  form.set("user-name", userName);
  setText(screen, "who", app.text.t("unlock.who", { name: userName }));
  showNotice(app, screen, notice);
  void device.look(userName);
  openPasskey(app, form, userName);
  onValid(form, app.text, {
    rules: [required("passphrase"), ...device.rules],
    sentences: { "wrong-login": "unlock.wrong" },
    act: () => {
      const passphrase = form.field("passphrase").value;
      return entering(app, () => app.keys().unlock({ userName, passphrase, ...device.taken() }));
    },
  });
  onPress(form, app.text, { role: "leave", rules: [], act: () => leave(app) });
  form.field("passphrase").focus();
};
