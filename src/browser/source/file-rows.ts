import { codeOf } from "../kit/code-error.ts";
import { byRole, clone, onClick, setText } from "../kit/dom.ts";
import { createEstimate, type Estimate } from "../kit/progress.ts";
import type { Text } from "../kit/text.ts";
import type { App } from "./app.ts";
import type { FileProgress, Place } from "./worker/api.ts";

/** One chosen file: its row on the page and its way to the newsroom. */
export type FileRow = {
  readonly id: number;
  readonly file: File;
  readonly root: HTMLElement;
  readonly state: () => "going" | "stored" | "refused";
  /** Bytes stored so far, of the file's own size. */
  readonly stored: () => number;
};

export type FileRowEvents = {
  readonly place: Place;
  readonly changed: () => void;
  readonly removed: (row: FileRow) => void;
};

const reasons: Readonly<Record<string, string>> = {
  "no-room-for-files": "files.no-room",
  "no-room": "files.no-room",
  "file-too-large": "files.too-large",
  "too-large": "files.too-large",
  "file-unreadable": "files.unreadable",
  "chunk-broken": "files.unreadable",
};

type Going = { readonly size: string; readonly estimate: Estimate };

function progressWords(text: Text, { stored, parts }: FileProgress, going: Going): string {
  const { size, estimate } = going;
  if (stored === 0) return text.t("files.waiting", { size });
  const percent = text.percent(stored / parts);
  const seconds = estimate.update(stored, parts);
  if (seconds === null) return text.t("files.going", { size, percent });
  return text.t("files.going-left", { size, percent, time: text.duration(seconds) });
}

let nextId = 1;

/** Starts at once: parts are stored while the person still writes. */
export function startFile(app: App, file: File, events: FileRowEvents): FileRow {
  const { text, worker } = app;
  const id = nextId;
  nextId += 1;
  const root = clone("t-file");
  const going: Going = {
    size: text.bytes(file.size),
    estimate: createEstimate(() => performance.now()),
  };
  let state: ReturnType<FileRow["state"]> = "going";
  let stored = 0;
  const row: FileRow = { id, file, root, state: () => state, stored: () => stored };
  const tell = (words: string): void => {
    setText(root, "state", words);
    events.changed();
  };
  const advance = (progress: FileProgress): void => {
    stored = (file.size * progress.stored) / progress.parts;
    tell(progressWords(text, progress, going));
  };
  const refuse = (error: unknown): void => {
    state = "refused";
    root.classList.add("refused");
    tell(text.t(reasons[codeOf(error)] ?? "files.failed"));
  };
  setText(root, "name", file.name);
  setText(root, "state", text.t("files.waiting", { size: going.size }));
  const remove = byRole(root, "remove");
  remove.setAttribute("aria-label", text.t("files.remove", { name: file.name }));
  onClick(remove, () => {
    worker.removeFile({ place: events.place, id }).catch(() => undefined);
    events.removed(row);
  });
  worker
    .addFile(
      { place: events.place, id, file },
      { onProgress: (progress) => advance(progress as FileProgress) },
    )
    .then(() => {
      state = "stored";
      stored = file.size;
      tell(text.t("files.stored", { size: going.size }));
    }, refuse);
  return row;
}
