import { byRole, onClick } from "../../kit/dom.ts";
import { codeRule, digits, onValid, openForm, required } from "../pieces/form.ts";
import type { App } from "../shell/app.ts";
import { goStanding } from "../shell/enter.ts";
import { showNotice } from "./notice.ts";

export const login = (app: App, { notice }: { readonly notice?: string }): void => {
  const screen = app.show("screen-login");
  const form = openForm(screen);
  showNotice(app, screen, notice);
  onValid(form, app.text, {
    rules: [required("user-name"), required("passphrase"), codeRule("code")],
    act: async () => {
      const standing = await app.keys().logIn({
        userName: form.value("user-name").toLowerCase(),
        passphrase: form.field("passphrase").value,
        totpCode: digits(form.value("code")),
      });
      goStanding(app, standing);
    },
  });
  onClick(byRole(screen, "forgot"), () => app.go({ at: "recover" }));
  form.field("user-name").focus();
};
