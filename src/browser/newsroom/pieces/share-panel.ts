import { codeOf } from "../../kit/code-error.ts";
import {
  byRole,
  byRoleOf,
  clone,
  focusOn,
  isFocusLost,
  on,
  onClick,
  setText,
  show,
} from "../../kit/dom.ts";
import { setProgress } from "../../kit/progress.ts";
import type { Desk } from "../shell/view.ts";
import type { Colleague, ShareInput, ShareProgress } from "../worker/history.ts";
import type { ShareTally } from "../worker/share-run.ts";
import { sentenceOf } from "./form.ts";

/** Choosing colleagues, saying what they will be able to read, and sharing with progress: for one conversation or many. */

/** What stands in the question, once it is known. */
export type ShareAsking = {
  readonly conversations: number;
  readonly title: string;
  readonly text: string;
  readonly leftBehind: string;
  readonly colleagues: readonly Colleague[];
};

export type SharePanel = {
  readonly title: string;
  readonly lead: string;
  readonly ask: string;
  readonly desk: Desk;
  readonly mailboxes: ShareInput["mailboxes"];
  /** The question says who would be left behind. */
  readonly leaveBehind: boolean;
  asking(): Promise<ShareAsking>;
  /** Sharing has ended well, for some of it at least. */
  done(): void;
};

type Choice = { readonly colleague: Colleague; readonly box: HTMLInputElement };

const choiceRow = (desk: Desk, colleague: Colleague): { row: HTMLElement; choice: Choice } => {
  const row = clone("row-share-choice");
  const box = byRoleOf(row, "choice", HTMLInputElement);
  const { name, state } = colleague;
  setText(row, "name", name);
  const free = state === "can";
  box.disabled = !free;
  show(setText(row, "why", free ? "" : `(${desk.text.t(`share.${state}`)})`), !free);
  return { row, choice: { colleague, box } };
};

const sentencesOf = ({ text }: Desk, tally: ShareTally, names: string): string => {
  const part = (key: string, count: number): readonly string[] =>
    count === 0 ? [] : [text.t(key, { count, names })];
  return [
    text.t("share.done", { count: tally.shared + tally.already, names }),
    ...part("share.already", tally.already),
    ...part("share.leftOut", tally["left-out"]),
  ].join(" ");
};

const failure = ({ text }: Desk, error: unknown): string => {
  const code = codeOf(error);
  if (code === "sharing-stopped") return text.t("share.stopped");
  if (code === "not-read-yet") return text.t("share.notRead");
  return text.t("share.failed", { reason: sentenceOf(text, error) });
};

type Parts = {
  readonly root: HTMLElement;
  readonly ask: HTMLElement;
  readonly asking: HTMLElement;
  readonly sharing: HTMLElement;
  readonly failed: HTMLElement;
};

const partsOf = (root: HTMLElement): Parts => ({
  root,
  ask: byRole(root, "ask"),
  asking: byRole(root, "asking"),
  sharing: byRole(root, "sharing"),
  failed: byRole(root, "share-failed"),
});

const showOnly = (parts: Parts, which: "ask" | "asking" | "sharing"): void => {
  for (const name of ["ask", "asking", "sharing"] as const) show(parts[name], name === which);
};

const fillAsking = ({ root }: Parts, desk: Desk, asking: ShareAsking): readonly Choice[] => {
  setText(root, "asking-title", asking.title);
  setText(root, "asking-text", asking.text);
  setText(root, "asking-seen", desk.text.t("share.seen"));
  show(setText(root, "left-behind", asking.leftBehind), asking.leftBehind !== "");
  const rows = asking.colleagues.map((colleague) => choiceRow(desk, colleague));
  byRole(root, "choices").replaceChildren(...rows.map(({ row }) => row));
  const anybody = rows.length > 0;
  show(byRole(root, "nobody"), !anybody);
  show(byRole(root, "choices-part"), anybody);
  show(byRole(root, "choose"), false);
  byRoleOf(root, "do", HTMLButtonElement).disabled = !rows.some(
    ({ choice }) => !choice.box.disabled,
  );
  return rows.map(({ choice }) => choice);
};

export const sharePanel = (panel: SharePanel): HTMLElement => {
  const { desk } = panel;
  const parts = partsOf(clone("part-share"));
  const { root, asking, sharing, failed } = parts;
  const bar = byRoleOf(root, "bar", HTMLProgressElement);
  let choices: readonly Choice[] = [];
  let conversations = 0;

  const say = (sentence: string): void => {
    failed.textContent = sentence;
    show(failed, sentence !== "");
  };
  const trouble = (error: unknown): void => {
    if (!desk.ends(error)) say(failure(desk, error));
  };
  const back = (): void => {
    const lost = isFocusLost() || sharing.contains(document.activeElement);
    showOnly(parts, "ask");
    if (lost) parts.ask.focus();
  };
  const told = ({ done, total }: ShareProgress): void => {
    setText(root, "progress", desk.text.t("share.progress", { done, total }));
    setProgress(bar, total === 0 ? 1 : done / total);
  };

  const ask = async (): Promise<void> => {
    say("");
    try {
      const asked = await panel.asking();
      conversations = asked.conversations;
      choices = fillAsking(parts, desk, asked);
      showOnly(parts, "asking");
      focusOn(byRole(asking, "asking-title"));
      asking.scrollIntoView({ block: "nearest" });
    } catch (error) {
      trouble(error);
    }
  };

  const share = async (chosen: readonly Colleague[]): Promise<void> => {
    showOnly(parts, "sharing");
    told({ done: 0, total: conversations });
    setProgress(bar, 0);
    focusOn(byRole(sharing, "progress"));
    const to = chosen.map(({ memberNumber }) => memberNumber);
    try {
      const tally = await desk.keys.share(
        { mailboxes: panel.mailboxes, to, leaveBehind: panel.leaveBehind },
        { onProgress: (progress) => told(progress as ShareProgress) },
      );
      back();
      desk.done(sentencesOf(desk, tally, desk.text.list(chosen.map(({ name }) => name))));
      panel.done();
    } catch (error) {
      back();
      trouble(error);
    }
  };

  on(byRole(asking, "choices"), "change", () => show(byRole(asking, "choose"), false));
  setText(root, "share-title", panel.title);
  setText(root, "share-lead", panel.lead);
  setText(root, "ask", panel.ask);
  onClick(parts.ask, () => void ask());
  onClick(byRole(asking, "keep"), () => {
    showOnly(parts, "ask");
    parts.ask.focus();
  });
  onClick(byRole(asking, "do"), () => {
    const chosen = choices.filter(({ box }) => box.checked).map(({ colleague }) => colleague);
    show(byRole(asking, "choose"), chosen.length === 0);
    if (chosen.length === 0) choices.find(({ box }) => !box.disabled)?.box.focus();
    else void share(chosen);
  });
  onClick(byRole(sharing, "stop"), () => void desk.keys.stopSharing(undefined));
  return root;
};
