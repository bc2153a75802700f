import { CodeError, codeOf } from "../../kit/code-error.ts";
import { saveBlob } from "../pieces/save-blob.ts";
import type { Desk } from "../shell/view.ts";
import type { FileKeyShown, FileShown } from "../worker/reading/shapes.ts";
import type { SaveProgress } from "../worker/reading.ts";
import { streamFile } from "./stream-file.ts";

/**
 * Three ways for a decrypted file to reach the disk. Small ones go through memory. Big ones are written while they are decrypted: by the
 * browser's save picker, or through the streaming service worker. Where there is neither, memory must hold them, which is said before.
 */

/** Up to here a file may stand in memory as a whole. */
const SMALL = 32 * 1_048_576;
/** From here on memory alone is worth a warning. */
const WARN_FROM = 200_000_000;

export type SaveWay = "memory" | "picker" | "stream";

export type Saving = {
  readonly desk: Desk;
  readonly key: FileKeyShown;
  readonly file: FileShown;
  told(bytes: number): void;
};

type Picker = (options: { readonly suggestedName: string }) => Promise<FileSystemFileHandle>;

const picker = (): Picker | undefined =>
  (globalThis as { showSaveFilePicker?: Picker }).showSaveFilePicker;

export const wayFor = (size: number): SaveWay => {
  if (size <= SMALL) return "memory";
  if (picker() !== undefined) return "picker";
  return "serviceWorker" in navigator ? "stream" : "memory";
};

export const needsWarning = (size: number): boolean =>
  size > WARN_FROM && wayFor(size) === "memory";

const toldOf =
  (saving: Saving) =>
  (progress: unknown): void => {
    const step = progress as SaveProgress;
    if (step.kind === "done") saving.told(step.bytes);
  };

const throughMemory = async (saving: Saving): Promise<void> => {
  const { desk, key, file } = saving;
  const blob = await desk.keys.saveToBlob({ key }, { onProgress: toldOf(saving) });
  saveBlob(blob, file.name);
};

const throughPicker = async (saving: Saving, pick: Picker): Promise<void> => {
  const { desk, key, file } = saving;
  let handle: FileSystemFileHandle;
  try {
    handle = await pick({ suggestedName: file.name });
  } catch {
    // The person closed the picker.
    throw new CodeError("stopped");
  }
  await desk.keys.saveToHandle({ key, handle }, { onProgress: toldOf(saving) });
};

/** Throws no-stream where there is none and the file is too big for memory without a warning. */
const throughStream = async (saving: Saving): Promise<void> => {
  try {
    await streamFile(saving);
  } catch (error) {
    if (codeOf(error) !== "no-stream" || saving.file.size > WARN_FROM) throw error;
    await throughMemory(saving);
  }
};

/** Throws stopped, chunk-broken, not-found, offline, no-stream; failed when the disk or the browser refuses. */
export const saveFile = async (saving: Saving): Promise<void> => {
  const way = wayFor(saving.file.size);
  const pick = picker();
  if (way === "picker" && pick !== undefined) await throughPicker(saving, pick);
  else if (way === "stream") await throughStream(saving);
  else await throughMemory(saving);
};

/** As a last resort: asked for in words. */
export const saveThroughMemory = throughMemory;
