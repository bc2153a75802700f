import { byRole, clone, setText, show } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";
import type { Desk } from "../shell/view.ts";
import type { MessageShown, ReaderShown, WriterShown } from "../worker/reading/shapes.ts";
import { fileRow } from "./file-row.ts";

/** One message as a letter: whose words, which day, what they say, who can read them. */

type Open = Extract<MessageShown, { kind: "open" }>;

const personName = (text: Text, { name, self, left }: ReaderShown): string => {
  if (self) return text.t("inbox.yourself");
  return left ? text.t("inbox.hasLeft", { name }) : name;
};

/** "you, Ana (has since left) and the source" */
export const readerNames = (
  text: Text,
  readers: readonly ReaderShown[],
  withSource: boolean,
): string => {
  const names = readers.map((reader) => personName(text, reader));
  return text.list(withSource ? [...names, text.t("inbox.theSource")] : names);
};

const writerName = (text: Text, writer: WriterShown, source: string): string => {
  if (writer.by === "source") return source;
  if (writer.self) return text.t("inbox.you");
  return writer.left ? text.t("inbox.hasLeft", { name: writer.name }) : writer.name;
};

const notice = (part: HTMLElement, role: string, sentence: string): void => {
  show(setText(part, role, sentence), sentence !== "");
};

const AGREED = { yes: "", no: "inbox.notAgreed", unknown: "inbox.agreedUnknown" } as const;

const fillFiles = (part: HTMLElement, desk: Desk, { key, files }: Open): void => {
  show(byRole(part, "files-part"), files.length > 0);
  setText(part, "files-title", desk.text.t("inbox.filesTitle", { count: files.length }));
  byRole(part, "files").replaceChildren(
    ...files.map((file) => fileRow(desk, { message: key, index: file.index }, file)),
  );
};

const shareTitle = (text: Text, { sharedWith }: Open, name: string): string => {
  const names = readerNames(text, sharedWith, false);
  return text.t(sharedWith.length === 0 ? "inbox.shared" : "inbox.sharedWith", { name, names });
};

const shareText = (text: Text, { writer }: Open, name: string): string => {
  const self = writer.by === "journalist" && writer.self;
  return text.t(self ? "inbox.sharedTextSelf" : "inbox.sharedText", { name });
};

const fillOpen = (
  part: HTMLElement,
  desk: Desk,
  given: { message: Open; source: string },
): void => {
  const { text } = desk;
  const { message, source } = given;
  const name = writerName(text, message.writer, source);
  const bySource = message.writer.by === "source";
  setText(part, "writer", message.share ? shareTitle(text, message, name) : name);
  const words = message.share ? shareText(text, message, name) : message.text;
  show(setText(part, "text", words), words !== "");
  part.classList.toggle("share-letter", message.share);
  const by = message.sharedBy === null ? "" : personName(text, message.sharedBy);
  notice(part, "word", by === "" ? "" : text.t("inbox.word", { name: by }));
  const agreed = AGREED[message.agreed];
  notice(part, "not-agreed", agreed === "" ? "" : text.t(agreed));
  const lacking = message.lacking > 0 && message.agreed !== "unknown";
  notice(part, "lacking", lacking ? text.t("inbox.lacking", { count: message.lacking }) : "");
  const readers = readerNames(text, message.readers, !bySource);
  setText(
    part,
    "readers",
    text.t(bySource ? "inbox.readersSource" : "inbox.readersReply", { readers }),
  );
  part.classList.toggle("ours", !bySource);
  fillFiles(part, desk, message);
};

const REFUSED = {
  broken: "inbox.refusedBroken",
  stolen: "inbox.refusedStolen",
  gone: "inbox.refusedGone",
  "too-much": "inbox.refusedTooMuch",
} as const;

export const messagePart = (desk: Desk, message: MessageShown, source: string): HTMLElement => {
  const { text } = desk;
  const part = clone("part-message");
  setText(part, "day", text.day(message.day));
  show(byRole(part, "new"), message.unread);
  if (message.kind === "open") {
    fillOpen(part, desk, { message, source });
    return part;
  }
  const title = message.why === "too-much" ? "inbox.notOpened" : "inbox.broken";
  setText(part, "writer", text.t(title));
  notice(part, "refused", text.t(REFUSED[message.why]));
  show(byRole(part, "text"), false);
  return part;
};
