import { byRole, onClick } from "../../kit/dom.ts";
import { onValid, openForm } from "../pieces/form.ts";
import { openNewPassphrase } from "../pieces/new-passphrase.ts";
import { paperSteps } from "../pieces/paper-steps.ts";
import type { Step, Walk } from "../pieces/steps.ts";
import type { DeviceChange } from "../worker/account.ts";

/** A new passphrase brings new recovery words; nothing changes before both are done. */
export type PassphraseDraft = {
  /** Null after recovery by words. */
  current: string | null;
  userName: string;
  passphrase: string;
  words: readonly string[];
  device: DeviceChange;
  keepDevice: boolean;
};

/** As it begins, when nothing about a device secret changes. */
export const passphraseDraft = (current: string | null, userName: string): PassphraseDraft => ({
  current,
  userName,
  passphrase: "",
  words: [],
  device: "keep",
  keepDevice: false,
});

const openPassphrase = (part: HTMLElement, walk: Walk<PassphraseDraft>): void => {
  const { app, draft, next, back } = walk;
  const form = openForm(part);
  const chosen = openNewPassphrase(form, {
    text: app.text,
    strength: app.strength(),
    context: () => [draft.userName],
  });
  onValid(form, app.text, {
    rules: chosen.rules,
    act: async () => {
      if (!(await chosen.accept())) return;
      draft.passphrase = chosen.value();
      draft.words = await app.keys().draftRecoveryWords(undefined);
      next();
    },
  });
  onClick(byRole(part, "back"), back);
};

/** A new vault key brings new recovery words, whatever it is made for. */
export const recoverySteps: readonly Step<PassphraseDraft>[] = paperSteps<PassphraseDraft>({
  name: "recovery",
  label: "steps.recoveryWords",
  words: (draft) => draft.words,
});

export const passphraseSteps: readonly Step<PassphraseDraft>[] = [
  { label: "steps.passphrase", template: "step-passphrase", open: openPassphrase },
  ...recoverySteps,
];
