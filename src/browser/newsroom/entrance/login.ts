import { byRole, on, onClick, show } from "../../kit/dom.ts";
import { openDevicePart } from "../pieces/device-part.ts";
import { openFactorChoice } from "../pieces/factor-choice.ts";
import { onPress, onValid, openForm, required } from "../pieces/form.ts";
import { askPasskey, canUsePasskeys } from "../pieces/passkey.ts";
import type { App } from "../shell/app.ts";
import { goStanding } from "../shell/enter.ts";
import { showNotice } from "./notice.ts";

export const login = (app: App, { notice }: { readonly notice?: string }): void => {
  const screen = app.show("screen-login");
  const form = openForm(screen);
  const factor = openFactorChoice(form, { mayBeLost: false });
  const device = openDevicePart(form, app.keys);
  const userName = (): string => form.value("user-name").toLowerCase();
  showNotice(app, screen, notice);
  on(form.field("user-name"), "change", () => void device.look(userName()));
  onValid(form, app.text, {
    rules: [required("user-name"), required("passphrase"), ...factor.rules, ...device.rules],
    act: async () => {
      const standing = await app.keys().logIn({
        userName: userName(),
        passphrase: form.field("passphrase").value,
        factor: await factor.take(app.keys(), userName()),
        ...device.taken(),
      });
      goStanding(app, standing);
    },
  });
  show(byRole(screen, "passkey-alone"), canUsePasskeys());
  onPress(form, app.text, {
    role: "passkey-alone",
    rules: [required("user-name")],
    sentences: { "wrong-login": "login.passkeyWrong" },
    act: async () => {
      const question = await app.keys().askForPasskey({ userName: userName() });
      const answer = await askPasskey(question, { unlocks: true });
      goStanding(app, await app.keys().logInByPasskey({ userName: userName(), ...answer }));
    },
  });
  onClick(byRole(screen, "forgot"), () => app.go({ at: "recover" }));
  form.field("user-name").focus();
};
