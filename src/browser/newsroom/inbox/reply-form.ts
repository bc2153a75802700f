import { contentLength, MAX_CONTENT } from "../../../protocol/secret/body.ts";
import { byRole, byRoleOf, on, onSubmit, setText, show } from "../../kit/dom.ts";
import { sentenceOf } from "../pieces/form.ts";
import type { Desk } from "../shell/view.ts";
import type { ConversationShown } from "../worker/reading/shapes.ts";
import { readerNames } from "./message-part.ts";

/** Writing back. What is typed stays until it is stored; sending it again is safe. */
export type ReplyForm = {
  focus(): void;
  hasDraft(): boolean;
  draft(): string;
};

/** From here on the room left is said. */
const TELL_LEFT = 100_000;

export type ReplyUse = {
  readonly desk: Desk;
  readonly shown: ConversationShown;
  /** What had been typed before the conversation was read again. */
  readonly draft: string;
  sent(): void;
};

export const openReplyForm = (root: HTMLElement, use: ReplyUse): ReplyForm => {
  const { desk, shown } = use;
  const { text } = desk;
  const form = byRole(root, "reply");
  const field = byRoleOf(root, "reply-text", HTMLTextAreaElement);
  const send = byRoleOf(root, "send", HTMLButtonElement);
  const failed = byRole(root, "reply-failed");

  const left = (): number => MAX_CONTENT - contentLength({ text: field.value, files: [] });

  const say = (sentence: string): void => {
    failed.textContent = sentence;
    show(failed, sentence !== "");
  };

  const count = (): void => {
    const bytes = left();
    const part = byRole(root, "reply-left");
    show(part, bytes < TELL_LEFT);
    const over = bytes < 0;
    part.textContent = over
      ? text.t("inbox.replyTooLong", { over: text.bytes(-bytes) })
      : text.t("inbox.replyLeft", { left: text.bytes(bytes) });
    field.setAttribute("aria-invalid", String(over));
  };

  const after = (unreachable: Parameters<typeof readerNames>[1]): void => {
    const { name } = shown;
    const readers = readerNames(text, unreachable, false);
    const key = unreachable.length === 0 ? "inbox.sent" : "inbox.sentBut";
    field.value = "";
    use.sent();
    desk.done(text.t(key, { name, readers }));
  };

  const act = async (): Promise<void> => {
    send.disabled = true;
    field.readOnly = true;
    form.setAttribute("aria-busy", "true");
    try {
      after(await desk.keys.reply({ mailbox: shown.mailbox, text: field.value }));
    } catch (error) {
      if (!desk.ends(error)) say(sentenceOf(text, error));
    } finally {
      send.disabled = false;
      field.readOnly = false;
      form.removeAttribute("aria-busy");
    }
  };

  onSubmit(form, () => {
    if (send.disabled) return;
    say("");
    if (field.value.trim() === "") {
      say(text.t("inbox.replyEmpty"));
      field.focus();
    } else if (left() < 0) field.focus();
    else void act();
  });
  on(field, "input", count);

  field.value = use.draft;
  show(form, shown.reply !== null);
  show(byRole(root, "no-reply"), shown.reply === null);
  setText(root, "reply-label", text.t("inbox.replyLabel", { name: shown.name }));
  const readers = readerNames(text, shown.reply?.readers ?? [], true);
  setText(root, "reply-readers", text.t("inbox.replyReaders", { readers }));
  return {
    focus: () => {
      field.scrollIntoView({ block: "nearest" });
      field.focus();
    },
    hasDraft: () => field.value.trim() !== "",
    draft: () => field.value,
  };
};
