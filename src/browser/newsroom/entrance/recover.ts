import { byRole, onClick } from "../../kit/dom.ts";
import { openFactorChoice } from "../pieces/factor-choice.ts";
import { onValid, openForm, required } from "../pieces/form.ts";
import { factorStep } from "../pieces/person-steps.ts";
import type { Step, Walk } from "../pieces/steps.ts";
import { sheetRule, wordsOf } from "../pieces/words.ts";
import type { App } from "../shell/app.ts";
import { rememberUser } from "../shell/last-user.ts";
import type { RecoveryFactor } from "../worker/account.ts";
import { walkNewVaultKey } from "./change-passphrase.ts";
import { type PassphraseDraft, passphraseDraft, passphraseSteps } from "./new-passphrase-steps.ts";

/** Words typed in the first step, kept for the second only while a new app is set up. */
type Lost = { words: string | null };

const recoverBy = async (
  app: App,
  draft: PassphraseDraft,
  by: { readonly words: string; readonly factor: RecoveryFactor },
): Promise<void> => {
  await app.keys().recover({ userName: draft.userName, ...by });
  rememberUser(draft.userName);
};

/** Words that colleagues' shares have just given back. */
export type KnownWords = { readonly userName?: string; readonly words?: readonly string[] };

type Opening = { readonly lost: Lost; readonly known: KnownWords };

const openWords = (
  part: HTMLElement,
  walk: Walk<PassphraseDraft>,
  { lost, known }: Opening,
): void => {
  const { app, draft, next, back } = walk;
  const form = openForm(part);
  form.set("user-name", known.userName ?? "");
  form.set("words", (known.words ?? []).join(" "));
  const factor = openFactorChoice(form, { mayBeLost: true });
  onValid(form, app.text, {
    rules: [required("user-name"), sheetRule("words"), ...factor.rules],
    sentences: { "wrong-login": "recover.wrong" },
    act: async () => {
      draft.userName = form.value("user-name").toLowerCase();
      const words = wordsOf(form.value("words")).join(" ");
      lost.words = factor.way() === "lost" ? words : null;
      if (lost.words === null) {
        const taken = await factor.take(app.keys(), draft.userName);
        await recoverBy(app, draft, { words, factor: taken });
      }
      form.set("words", "");
      next();
    },
  });
  onClick(byRole(part, "back"), back);
  onClick(byRole(part, "lost"), () => app.go({ at: "lost" }));
};

const newAppStep = (app: App, lost: Lost): Step<PassphraseDraft> => ({
  ...factorStep<PassphraseDraft, void>({
    submit: "recover.newApp",
    sentences: { "wrong-login": "recover.wrongNewApp" },
    factor: ({ userName }) => app.keys().draftApp({ userName }),
    finish: (draft, newAppCode) =>
      recoverBy(app, draft, { words: lost.words ?? "", factor: { newAppCode } }),
    done: (_, walk) => {
      lost.words = null;
      walk.next();
    },
  }),
  skip: () => lost.words === null,
});

/** *I forgot my passphrase*: recovery words and a second factor, old or new; then a new passphrase and new words. */
export const recover = (app: App, known: KnownWords = {}): void => {
  const lost: Lost = { words: null };
  const wordsStep: Step<PassphraseDraft> = {
    label: "steps.oldWords",
    template: "step-recover",
    open: (part, walk) => openWords(part, walk, { lost, known }),
  };
  walkNewVaultKey(app, {
    steps: [wordsStep, newAppStep(app, lost), ...passphraseSteps],
    // A lost card must not lock its owner out for a second time.
    draft: { ...passphraseDraft(null, ""), device: "off" },
    notice: "newPassphrase.done",
    leave: () => app.go({ at: "login" }),
  });
};
