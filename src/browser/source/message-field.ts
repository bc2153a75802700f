import type { UploadId } from "../../protocol/public/crypto.ts";
import { MAX_TEXT_CHARACTERS } from "../../protocol/public/limits.ts";
import { contentLength, type FileEntry, MAX_CONTENT } from "../../protocol/secret/body.ts";
import type { FileKey } from "../../protocol/secret/crypto.ts";
import { byRole, byRoleOf, on, show } from "../kit/dom.ts";
import type { Text } from "../kit/text.ts";

/** The message's text: how much still fits, in characters and in sealed bytes. */
export type MessageField = {
  readonly element: HTMLTextAreaElement;
  readonly value: () => string;
  /** Characters that still fit; negative when there are too many. */
  readonly left: (files: readonly File[]) => number;
  readonly clear: () => void;
};

const tellBelow = 10_000;
const noId = new Uint8Array(16) as UploadId;
const noKey = new Uint8Array(32) as FileKey;

const entryOf = (file: File): FileEntry => ({
  uploadId: noId,
  key: noKey,
  name: file.name,
  type: file.type,
  length: file.size,
  partCount: 1,
  cleaned: 0,
});

/** Unpaired surrogates would not survive the way as UTF-8. */
const wellFormed = (text: string): string =>
  new TextDecoder().decode(new TextEncoder().encode(text));

export function charactersLeft(text: string, files: readonly File[]): number {
  const bytesLeft = MAX_CONTENT - contentLength({ text, files: files.map(entryOf) });
  return Math.min(MAX_TEXT_CHARACTERS - text.length, bytesLeft);
}

export function createMessageField(form: HTMLElement, text: Text): MessageField {
  const element = byRoleOf(form, "message", HTMLTextAreaElement);
  const line = byRole(form, "left");
  const tell = (): void => {
    const roughly = MAX_TEXT_CHARACTERS - element.value.length;
    show(line, roughly < tellBelow);
    if (roughly < tellBelow)
      line.textContent = text.t("message.left", { count: Math.max(0, roughly) });
  };
  on(element, "input", tell);
  return {
    element,
    value: () => wellFormed(element.value),
    left: (files) => charactersLeft(wellFormed(element.value), files),
    clear: () => {
      element.value = "";
      tell();
    },
  };
}
