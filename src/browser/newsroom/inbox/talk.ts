import { confirmStep } from "../../kit/confirm.ts";
import { byRole, clone, focusOn, onClick, setText, show } from "../../kit/dom.ts";
import { sentenceOf } from "../pieces/form.ts";
import type { Desk } from "../shell/view.ts";
import type { ConversationShown } from "../worker/reading/shapes.ts";
import { messagePart } from "./message-part.ts";
import { openReplyForm, type ReplyForm } from "./reply-form.ts";
import { shareOne } from "./share-one.ts";

/** The pane of the one conversation that is open. */
export type Talk = {
  open(mailbox: string, name: string): void;
  /** The mailbox on show, or null. */
  opened(): string | null;
  /** How many messages it has by now, and whether everything has been read. */
  heard(messages: number, done: boolean): void;
  reply(): void;
  clear(): void;
};

export type TalkUse = {
  readonly desk: Desk;
  /** Back to the list. */
  back(): void;
  /** The conversation is gone from the inbox. */
  gone(): void;
};

type Showing = {
  readonly mailbox: string;
  readonly messages: number;
  /** Read before everything had been listed: what seemed lacking was not known yet. */
  readonly early: boolean;
  readonly root: HTMLElement;
  readonly form: ReplyForm;
};

const fileCount = (shown: ConversationShown): number =>
  shown.messages.reduce((sum, one) => sum + (one.kind === "open" ? one.files.length : 0), 0);

export const createTalk = (pane: HTMLElement, use: TalkUse): Talk => {
  const { desk } = use;
  const { text } = desk;
  let wanted: string | null = null;
  let showing: Showing | null = null;
  let done = false;

  const clear = (): void => {
    wanted = null;
    showing = null;
    pane.replaceChildren(clone("part-no-talk"));
  };

  const countsOf = (shown: ConversationShown) => ({
    messages: text.t("inbox.messages", { count: shown.messages.length }),
    files: text.t("inbox.files", { count: fileCount(shown) }),
  });

  const leave = async (act: () => Promise<void>, sentence: string): Promise<void> => {
    try {
      await act();
      clear();
      desk.done(sentence);
      use.gone();
    } catch (error) {
      desk.trouble(error);
    }
  };

  /** The way out stands in view together with what it asks. */
  const confirm = (step: HTMLElement, act: () => void): void => {
    confirmStep(step, act);
    onClick(byRole(step, "ask"), () => byRole(step, "asking").scrollIntoView({ block: "nearest" }));
  };

  const openSteps = (root: HTMLElement, shown: ConversationShown): void => {
    const { mailbox, name } = shown;
    const counts = countsOf(shown);
    const remove = byRole(root, "remove");
    setText(remove, "asking-text", text.t("inbox.removeText", counts));
    confirm(remove, () => {
      void leave(() => desk.keys.removeCopy({ mailbox }), text.t("inbox.removed", { name }));
    });
    const forget = byRole(root, "delete");
    setText(forget, "asking-text", text.t("inbox.deleteText", counts));
    const others = text.t("inbox.deleteOthers", { count: shown.forOthers });
    show(setText(forget, "asking-others", others), shown.forOthers > 0);
    confirm(forget, () => {
      const act = () => desk.keys.deleteForEverybody({ mailbox });
      void leave(act, text.t("inbox.deleted", { name }));
    });
  };

  const fill = (shown: ConversationShown, draft: string): void => {
    const root = clone("part-talk");
    const { messages, files } = countsOf(shown);
    setText(root, "name", shown.name);
    setText(root, "about", fileCount(shown) > 0 ? `${messages}, ${files}` : messages);
    byRole(root, "messages").replaceChildren(
      ...shown.messages.map((message) => messagePart(desk, message, shown.name)),
    );
    const { mailbox } = shown;
    const form = openReplyForm(root, { desk, shown, draft, sent: () => again(mailbox) });
    openSteps(root, shown);
    byRole(root, "share").replaceChildren(shareOne(desk, shown, () => again(mailbox)));
    onClick(byRole(root, "back"), use.back);
    onClick(byRole(root, "show-newer"), () => again(mailbox));
    showing = { mailbox, messages: shown.messages.length, early: !done, root, form };
    pane.replaceChildren(root);
  };

  const scrollToNew = (): void => {
    const letters = [...pane.querySelectorAll<HTMLElement>('[data-role="letter"]')];
    const first = letters.findIndex((letter) => !byRole(letter, "new").hidden);
    // With all of it new the beginning is where reading starts.
    if (first > 0) letters[first]?.scrollIntoView({ block: "start" });
  };

  const load = async (mailbox: string, draft: string): Promise<boolean> => {
    const shown = await desk.keys.openConversation({ mailbox });
    if (wanted !== mailbox) return false;
    fill(shown, draft);
    return true;
  };

  const failed = (mailbox: string, name: string, error: unknown): void => {
    if (wanted !== mailbox) return;
    if (desk.ends(error)) return;
    show(byRole(pane, "opening"), false);
    show(byRole(pane, "failed"), true);
    setText(pane, "why", sentenceOf(text, error));
    onClick(byRole(pane, "again"), () => open(mailbox, name));
  };

  const open = (mailbox: string, name: string): void => {
    wanted = mailbox;
    showing = null;
    const waits = clone("part-talk-waits");
    setText(waits, "name", name);
    onClick(byRole(waits, "back"), use.back);
    pane.replaceChildren(waits);
    focusOn(byRole(waits, "name"));
    load(mailbox, "").then(
      (filled) => {
        if (!filled) return;
        focusOn(byRole(pane, "name"));
        pane.scrollTop = 0;
        scrollToNew();
      },
      (error) => failed(mailbox, name, error),
    );
  };

  /** The same conversation once more, without leaving it; what is being typed stays. */
  const again = (mailbox: string): void => {
    if (wanted !== mailbox) return;
    load(mailbox, showing?.form.draft() ?? "").catch(desk.trouble);
  };

  clear();
  return {
    open,
    clear,
    opened: () => wanted,
    reply: () => showing?.form.focus(),
    heard: (messages, isDone) => {
      done = isDone;
      if (showing === null) return;
      const more = messages > showing.messages;
      if (more) show(byRole(showing.root, "newer-message"), true);
      // While somebody types, nothing moves under their hands.
      if (showing.form.hasDraft()) return;
      if (more || (showing.early && done)) again(showing.mailbox);
    },
  };
};
