import { codeOf } from "../../kit/code-error.ts";
import { byRole, byRoleOf, clone, focusOn, onClick, setText, show } from "../../kit/dom.ts";
import { setProgress } from "../../kit/progress.ts";
import type { Desk } from "../shell/view.ts";
import type { FileKeyShown, FileShown } from "../worker/reading/shapes.ts";
import { needsWarning, type Saving, saveFile, saveThroughMemory, wayFor } from "./save-file.ts";

/** One attached file: what it is, and how it gets to the disk. */

const TELL_MS = 200;

const WORDS: Readonly<Record<string, string>> = {
  stopped: "inbox.stopped",
  "chunk-broken": "inbox.fileBroken",
  "not-found": "inbox.fileBroken",
  failed: "inbox.fileFailed",
};

export const fileRow = (desk: Desk, key: FileKeyShown, file: FileShown): HTMLElement => {
  const { text } = desk;
  const row = clone("row-file");
  const saveButton = byRoleOf(row, "save", HTMLButtonElement);
  const stopButton = byRole(row, "stop");
  const bar = byRoleOf(row, "bar", HTMLProgressElement);
  const big = byRole(row, "big");
  const size = text.bytes(file.size);
  let told = 0;

  const say = (sentence: string): void => {
    setText(row, "file-state", sentence);
  };
  const saving: Saving = {
    desk,
    key,
    file,
    told: (bytes) => {
      const now = performance.now();
      if (now - told < TELL_MS && bytes < file.size) return;
      told = now;
      setProgress(bar, bytes / Math.max(1, file.size));
      say(text.t("inbox.saving", { done: text.bytes(bytes), size }));
    },
  };

  const busy = (is: boolean): void => {
    show(saveButton, !is);
    show(stopButton, is);
    show(bar, is);
    if (is) setProgress(bar, 0);
  };

  const failed = (error: unknown): void => {
    const words = WORDS[codeOf(error)];
    say(words === undefined ? "" : text.t(words));
    if (words === undefined) desk.trouble(error);
  };

  const run = async (act: () => Promise<void>): Promise<void> => {
    busy(true);
    say(text.t("inbox.savingStart"));
    try {
      await act();
      say(text.t(wayFor(file.size) === "picker" ? "inbox.savedPicked" : "inbox.saved"));
    } catch (error) {
      if (codeOf(error) === "no-stream") warn();
      else failed(error);
    } finally {
      busy(false);
    }
  };

  const warn = (): void => {
    say("");
    setText(row, "big-text", text.t("inbox.big", { size }));
    show(big, true);
    focusOn(big);
  };

  onClick(saveButton, () => {
    if (needsWarning(file.size)) warn();
    else void run(() => saveFile(saving));
  });
  onClick(stopButton, () => {
    desk.keys.stopSaving(key).catch(desk.trouble);
  });
  onClick(byRole(row, "big-keep"), () => {
    show(big, false);
    saveButton.focus();
  });
  onClick(byRole(row, "big-do"), () => {
    show(big, false);
    void run(() => saveThroughMemory(saving));
  });

  setText(row, "name", file.name);
  const type = file.type === "" ? text.t("inbox.fileUnknown") : file.type;
  setText(row, "about", text.t("inbox.fileAbout", { size, type }));
  saveButton.setAttribute("aria-label", `${saveButton.textContent ?? ""}: ${file.name}`);
  stopButton.setAttribute("aria-label", `${stopButton.textContent ?? ""}: ${file.name}`);
  return row;
};
