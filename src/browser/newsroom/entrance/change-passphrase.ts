import { codeOf } from "../../kit/code-error.ts";
import { type Step, walkSteps } from "../pieces/steps.ts";
import type { App } from "../shell/app.ts";
import { lockWhenIdle } from "../shell/idle-lock.ts";
import { type PassphraseDraft, passphraseSteps } from "./new-passphrase-steps.ts";

const save = async (app: App, draft: PassphraseDraft): Promise<void> => {
  const { current, passphrase, userName } = draft;
  try {
    await app.keys().changePassphrase({ current, passphrase });
    app.dropKeys();
    app.go({ at: "unlock", userName, notice: "newPassphrase.done" });
  } catch (error) {
    app.dropKeys();
    app.go({ at: "stopped", code: codeOf(error) });
  }
};

/** `before` are the steps that come first, such as typing the recovery words. */
export const walkNewPassphrase = (
  app: App,
  way: {
    readonly before: readonly Step<PassphraseDraft>[];
    readonly draft: PassphraseDraft;
    leave(): void;
  },
): void => {
  const idle = lockWhenIdle(app, () => way.draft.userName);
  walkSteps(app, {
    steps: [...way.before, ...passphraseSteps],
    draft: way.draft,
    done: () => {
      idle.stop();
      void save(app, way.draft);
    },
    leave: () => {
      idle.stop();
      way.leave();
    },
  });
};
