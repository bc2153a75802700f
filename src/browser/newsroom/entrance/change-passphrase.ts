import { codeOf } from "../../kit/code-error.ts";
import { type Step, walkSteps } from "../pieces/steps.ts";
import type { App } from "../shell/app.ts";
import { lockWhenIdle } from "../shell/idle-lock.ts";
import type { PassphraseDraft } from "./new-passphrase-steps.ts";

type Way = {
  readonly steps: readonly Step<PassphraseDraft>[];
  readonly draft: PassphraseDraft;
  /** What the unlock screen says afterwards. */
  readonly notice: string;
  leave(): void;
};

const save = async (app: App, { draft, notice }: Way): Promise<void> => {
  const { current, passphrase, userName, device, keepDevice } = draft;
  try {
    await app.keys().changePassphrase({ current, passphrase, device, keepDevice });
    app.dropKeys();
    app.go({ at: "unlock", userName, notice });
  } catch (error) {
    app.dropKeys();
    app.go({ at: "stopped", code: codeOf(error) });
  }
};

/** Steps to a new vault key: a new passphrase, after recovery by words, or a device secret that begins or ends. */
export const walkNewVaultKey = (app: App, way: Way): void => {
  const idle = lockWhenIdle(app, () => way.draft.userName);
  walkSteps(app, {
    steps: way.steps,
    draft: way.draft,
    done: () => {
      idle.stop();
      void save(app, way);
    },
    leave: () => {
      idle.stop();
      way.leave();
    },
  });
};
