import { codeOf } from "../kit/code-error.ts";
import { byRole, byRoleOf, clone, on, onClick, onSubmit, setText, show } from "../kit/dom.ts";
import { clearErrors, type FieldError, showErrors } from "../kit/form-errors.ts";
import type { App } from "./app.ts";
import { createFiles, type Files } from "./files.ts";
import { createMessageField } from "./message-field.ts";
import { createReaders } from "./readers.ts";
import { sendWithProgress } from "./sending.ts";
import type { NewsroomView, Place } from "./worker/api.ts";

/** The form, for a tip and for an answer alike. */
export type Compose = {
  readonly root: HTMLElement;
  readonly setNewsroom: (view: NewsroomView, preset: readonly number[] | null) => void;
  readonly written: () => string;
  readonly wipe: () => void;
};

export type ComposeWorld = {
  readonly place: Place;
  /** The screen this form stands in, to come back to. */
  readonly screen: () => HTMLElement;
  /** After the commit: the codename of a new tip, and how many files were refused. */
  readonly sent: (words: readonly string[] | null, leftOut: number) => void;
  /** The list of journalists changed while somebody wrote. */
  readonly newsroomChanged: (view: NewsroomView) => void;
};

const failures: Readonly<Record<string, string>> = {
  "readers-changed": "readers.changed",
  "no-reader": "readers.changed",
  "no-room": "send.no-room",
  "upload-missing": "send.not-stored",
  "upload-conflict": "send.not-stored",
};

function sendStateWords(app: App, files: Files): string {
  const count = files.refusedCount();
  return count === 0 ? app.text.t("send.ready") : app.text.t("send.refused", { count });
}

export function createCompose(app: App, world: ComposeWorld): Compose {
  const { text, worker } = app;
  const root = clone("t-compose");
  const isAnswer = world.place === "conversation";
  const chooseKey = isAnswer ? "readers.choose-answer" : "readers.choose";
  const readers = createReaders(root, text, chooseKey);
  const message = createMessageField(root, text);
  const files = createFiles(app, root, world.place);
  const reRead = byRoleOf(root, "re-read", HTMLInputElement);
  const send = byRoleOf(root, "send", HTMLButtonElement);
  if (isAnswer) {
    setText(root, "message-label", text.t("message.answer-label"));
    show(byRole(root, "show-limits"), false);
  }

  const errors = (): readonly FieldError[] => {
    const found: FieldError[] = [];
    const chosenFiles = files.rows().map((row) => row.file);
    if (readers.chosen().length === 0) {
      found.push({ field: byRole(root, "reader-list"), text: text.t("readers.none") });
    }
    const left = message.left(chosenFiles);
    if (message.value().trim() === "" && chosenFiles.length === 0) {
      found.push({ field: message.element, text: text.t("message.empty") });
    } else if (left < 0) {
      found.push({ field: message.element, text: text.t("message.too-long", { over: -left }) });
    }
    return found;
  };

  const explain = async (error: unknown): Promise<void> => {
    const key = failures[codeOf(error)] ?? "send.failed";
    if (key === "readers.changed") {
      world.newsroomChanged(await worker.renewNewsroom(app.now()));
    }
    const field = key === "readers.changed" ? byRole(root, "reader-list") : message.element;
    showErrors(root, [{ field, text: text.t(key) }]);
  };

  const deliver = async (): Promise<void> => {
    const leftOutBefore = files.refusedCount();
    const result = await sendWithProgress(app, {
      files,
      send: () =>
        worker.send({
          place: world.place,
          text: message.value(),
          readers: readers.chosen(),
          reRead: reRead.checked,
          files: files.rows().map((row) => row.id),
          nowMs: app.now(),
        }),
    });
    if (result === "refused" || result === "back") {
      app.stage.show(world.screen());
      const field = byRole(root, "add-files");
      if (result === "refused") showErrors(root, [{ field, text: text.t("send.look") }]);
      return;
    }
    wipe();
    world.sent(result.words, leftOutBefore);
  };

  const submit = async (): Promise<void> => {
    const found = errors();
    showErrors(root, found);
    if (found.length > 0 || send.disabled) return;
    try {
      await deliver();
    } catch (error) {
      app.stage.show(world.screen());
      await explain(error).catch(() => undefined);
    }
  };

  const wipe = (): void => {
    message.clear();
    files.clear();
    reRead.checked = false;
    clearErrors(root);
    setText(root, "send-state", sendStateWords(app, files));
  };

  onSubmit(root, () => void submit());
  on(root, "input", () => clearErrors(root));
  onClick(byRole(root, "show-limits"), () => {
    const details = document.getElementById("not-protected");
    if (!(details instanceof HTMLDetailsElement)) return;
    details.open = true;
    details.querySelector("summary")?.focus();
  });
  files.onChange(() => {
    if (!send.disabled) setText(root, "send-state", sendStateWords(app, files));
  });
  return {
    root,
    setNewsroom: (view, preset) => {
      readers.fill(view, preset);
      files.unlock();
      send.disabled = false;
      setText(root, "send-state", sendStateWords(app, files));
    },
    written: message.value,
    wipe,
  };
}
