import { byRole, onClick } from "../../kit/dom.ts";
import { codeRule, digits, onValid, openForm, required } from "../pieces/form.ts";
import type { Walk } from "../pieces/steps.ts";
import { wordsOf } from "../pieces/words.ts";
import type { App } from "../shell/app.ts";
import { rememberUser } from "../shell/last-user.ts";
import { walkNewPassphrase } from "./change-passphrase.ts";
import type { PassphraseDraft } from "./new-passphrase-steps.ts";

const RECOVERY_WORDS = 24;

const openWords = (part: HTMLElement, walk: Walk<PassphraseDraft>): void => {
  const { app, draft, next, back } = walk;
  const form = openForm(part);
  onValid(form, app.text, {
    rules: [
      required("user-name"),
      {
        role: "words",
        wrong: (typed) =>
          wordsOf(typed).length === RECOVERY_WORDS ? null : "recover.notTwentyFour",
      },
      codeRule("code"),
    ],
    sentences: { "wrong-login": "recover.wrong" },
    act: async () => {
      const userName = form.value("user-name").toLowerCase();
      const words = wordsOf(form.value("words")).join(" ");
      await app.keys().recover({ userName, words, totpCode: digits(form.value("code")) });
      rememberUser(userName);
      form.set("words", "");
      draft.userName = userName;
      next();
    },
  });
  onClick(byRole(part, "back"), back);
};

/** *I forgot my passphrase*: recovery words and a code, then a new passphrase and new words. */
export const recover = (app: App): void =>
  walkNewPassphrase(app, {
    before: [{ label: "steps.oldWords", template: "step-recover", open: openWords }],
    draft: { current: null, userName: "", passphrase: "", words: [] },
    leave: () => app.go({ at: "login" }),
  });
