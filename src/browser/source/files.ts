import { CHUNK } from "../../protocol/public/limits.ts";
import { byRole, byRoleOf, focusOn, on, onClick, show } from "../kit/dom.ts";
import type { App } from "./app.ts";
import { type FileRow, startFile } from "./file-rows.ts";
import type { Place } from "./worker/api.ts";

const mostFiles = 1_000;

/** The files of one form. */
export type Files = {
  /** Those that are stored or will be: refused ones are not sent along. */
  readonly rows: () => readonly FileRow[];
  readonly refusedCount: () => number;
  readonly goingCount: () => number;
  /** Bytes stored and bytes in all. */
  readonly progress: () => { readonly stored: number; readonly total: number };
  readonly onChange: (listener: () => void) => void;
  readonly unlock: () => void;
  readonly clear: () => void;
};

/** The browser's own question, only while files are on their way and nobody is leaving. */
const warn = (event: BeforeUnloadEvent): void => event.preventDefault();

let formsWithFiles = 0;

function setGuard(before: boolean, after: boolean): void {
  if (before === after) return;
  formsWithFiles += after ? 1 : -1;
  if (formsWithFiles > 0) addEventListener("beforeunload", warn);
  else removeEventListener("beforeunload", warn);
}

export function dropUnloadGuard(): void {
  removeEventListener("beforeunload", warn);
}

/** A file dropped beside the form would be opened instead of the page, and all words be gone. */
export function keepDropsHere(): void {
  for (const kind of ["dragover", "drop"] as const) {
    document.addEventListener(kind, (event) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
  }
}

const sum = (rows: readonly FileRow[], size: (row: FileRow) => number): number =>
  rows.reduce((total, row) => total + size(row), 0);

export function createFiles(app: App, form: HTMLElement, place: Place): Files {
  const { text } = app;
  const input = byRoleOf(form, "file-input", HTMLInputElement);
  const button = byRoleOf(form, "add-files", HTMLButtonElement);
  const list = byRole(form, "file-list");
  const error = byRole(form, "files-error");
  const listeners: (() => void)[] = [];
  let rows: readonly FileRow[] = [];
  let guarded = false;

  const kept = (): readonly FileRow[] => rows.filter((row) => row.state() !== "refused");
  const going = (): number => rows.filter((row) => row.state() === "going").length;
  const changed = (): void => {
    const isGoing = going() > 0;
    setGuard(guarded, isGoing);
    if (guarded && !isGoing && kept().length > 0) app.say(text.t("files.all-stored"));
    guarded = isGoing;
    for (const listener of listeners) listener();
  };
  const removed = (row: FileRow): void => {
    rows = rows.filter((other) => other !== row);
    row.root.remove();
    changed();
    app.say(text.t("files.removed", { name: row.file.name }));
    focusOn(button);
  };
  const add = (files: readonly File[]): void => {
    const room = mostFiles - rows.length;
    const taken = files.slice(0, room);
    error.textContent = files.length > room ? text.t("files.too-many") : "";
    show(error, files.length > room);
    if (taken.some((file) => file.size > CHUNK)) app.help();
    const fresh = taken.map((file) => startFile(app, file, { place, changed, removed }));
    rows = [...rows, ...fresh];
    list.append(...fresh.map((row) => row.root));
    if (taken.length > 0) app.say(text.t("files.added", { count: taken.length }));
    changed();
  };

  onClick(button, () => input.click());
  on(form, "drop", (event) => {
    if (!button.disabled) add([...(event.dataTransfer?.files ?? [])]);
  });
  on(input, "change", () => {
    const chosen = [...(input.files ?? [])];
    input.value = "";
    add(chosen);
  });
  return {
    rows: kept,
    refusedCount: () => rows.length - kept().length,
    goingCount: going,
    progress: () => ({
      stored: sum(kept(), (row) => row.stored()),
      total: sum(kept(), (row) => row.file.size),
    }),
    onChange: (listener) => listeners.push(listener),
    unlock: () => {
      button.disabled = false;
    },
    clear: () => {
      rows = [];
      list.replaceChildren();
      changed();
    },
  };
}
