import { byRole, byRoleOf, on, onClick, setText, show } from "../../kit/dom.ts";
import { walkNewVaultKey } from "../entrance/change-passphrase.ts";
import {
  type PassphraseDraft,
  passphraseDraft,
  recoverySteps,
} from "../entrance/new-passphrase-steps.ts";
import { onValid, openForm, required } from "../pieces/form.ts";
import { saveBlob } from "../pieces/save-blob.ts";
import type { Step, Walk } from "../pieces/steps.ts";
import { showWords } from "../pieces/words.ts";
import type { Desk } from "../shell/view.ts";

/** A device secret: on a card, in a file, or kept by this browser; on and off with a new vault key. docs/protocol.md §13.5. */

const FILE_NAME = "device-secret.txt";

const saveFile = (words: readonly string[]): void =>
  saveBlob(new Blob([`${words.join(" ")}\n`], { type: "text/plain" }), FILE_NAME);

const openCard = (part: HTMLElement, { app, draft, next, back }: Walk<PassphraseDraft>): void => {
  let words: readonly string[] = [];
  const draw = async (): Promise<void> => {
    words = await app.keys().draftDevice(undefined);
    showWords(part, words);
  };
  void draw();
  onClick(byRole(part, "print"), () => globalThis.print());
  onClick(byRole(part, "save"), () => saveFile(words));
  onClick(byRole(part, "back"), back);
  onClick(byRole(part, "next"), () => {
    draft.keepDevice = byRoleOf(part, "keep-new-device", HTMLInputElement).checked;
    next();
  });
};

const cardStep: Step<PassphraseDraft> = {
  label: "steps.device",
  template: "step-device",
  open: openCard,
};

const switchOver = async (desk: Desk, current: string, on: boolean): Promise<void> => {
  await desk.keys.checkPassphrase({ passphrase: current });
  const words = await desk.keys.draftRecoveryWords(undefined);
  const { app, me } = desk;
  desk.leave();
  walkNewVaultKey(app, {
    steps: on ? [cardStep, ...recoverySteps] : recoverySteps,
    draft: {
      ...passphraseDraft(current, me.userName),
      passphrase: current,
      words,
      device: on ? "new" : "off",
    },
    notice: on ? "device.onDone" : "device.offDone",
    leave: () => app.go({ at: "desk", me, view: "account" }),
  });
};

export const showDevice = (root: HTMLElement, desk: Desk): Promise<void> => {
  const part = byRole(root, "device-section");
  const form = openForm(part);
  const keep = byRoleOf(part, "keep-here", HTMLInputElement);
  const { text, keys } = desk;
  let isOn = false;
  const fill = async (): Promise<void> => {
    const { on: turnedOn, keptHere } = await keys.deviceState(undefined);
    isOn = turnedOn;
    setText(part, "device-state", text.t(isOn ? "device.isOn" : "device.isOff"));
    setText(part, "submit", text.t(isOn ? "device.turnOff" : "device.turnOn"));
    show(byRole(part, "keep-part"), isOn);
    keep.checked = keptHere;
  };
  on(keep, "change", () => {
    keys
      .keepDeviceHere({ keep: keep.checked })
      .then(() => desk.done(text.t(keep.checked ? "device.keptHere" : "device.notHere")))
      .catch(desk.trouble);
  });
  onValid(form, text, {
    rules: [required("passphrase")],
    sentences: { "wrong-login": "unlock.wrong" },
    act: () => switchOver(desk, form.field("passphrase").value, !isOn),
  });
  return fill();
};
