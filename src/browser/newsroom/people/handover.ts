import { codeOf } from "../../kit/code-error.ts";
import {
  byRole,
  byRoleOf,
  clone,
  focusOn,
  onClick,
  setText,
  show,
  showLines,
} from "../../kit/dom.ts";
import { setProgress } from "../../kit/progress.ts";
import { sentenceOf } from "../pieces/form.ts";
import { sharePanel } from "../pieces/share-panel.ts";
import type { Desk } from "../shell/view.ts";
import type { LookProgress, SoleShown, Told } from "../worker/handover.ts";

/** *Before you leave*: what only this member can read, passing it on, and telling the admins. */

/** More of them would be a wall of names; the sharing takes all. */
const MOST_SHOWN = 50;

const lineOf = ({ text }: Desk, { name, messages }: SoleShown): string => {
  const count = text.t("inbox.messages", { count: messages });
  return text.t("handover.line", { name, messages: count });
};

const toldWords = ({ text }: Desk, { told, unreached }: Told): string =>
  [
    text.t("handover.told", { names: text.list(told) }),
    ...(unreached.length === 0
      ? []
      : [text.t("handover.unreached", { names: text.list(unreached) })]),
  ].join(" ");

const passOn = (desk: Desk, sole: readonly SoleShown[], done: () => void): HTMLElement => {
  const { text } = desk;
  return sharePanel({
    desk,
    title: text.t("handover.passTitle"),
    lead: text.t("handover.passLead"),
    ask: text.t("handover.passAsk"),
    mailboxes: sole.map(({ mailbox }) => mailbox),
    leaveBehind: false,
    done,
    asking: async () => ({
      conversations: sole.length,
      title: text.t("handover.passAsking", { count: sole.length }),
      text: text.t("share.allText"),
      leftBehind: "",
      colleagues: (await desk.keys.shareAllChoices(undefined)).colleagues,
    }),
  });
};

const SENTENCES: Readonly<Record<string, string>> = {
  "looking-stopped": "handover.stopped",
  "no-other-admin": "handover.noOtherAdmin",
  "not-read-yet": "share.notRead",
};

export const handoverPart = (desk: Desk): HTMLElement => {
  const { text, keys } = desk;
  const root = clone("part-handover");
  const look = byRole(root, "look");
  const looking = byRole(root, "looking");
  const found = byRole(root, "found");
  const bar = byRoleOf(root, "bar", HTMLProgressElement);
  const report = byRoleOf(root, "report", HTMLButtonElement);

  const say = (sentence: string): void => {
    show(setText(root, "handover-failed", sentence), sentence !== "");
  };
  const trouble = (error: unknown): void => {
    if (desk.ends(error)) return;
    const own = SENTENCES[codeOf(error)];
    say(own === undefined ? sentenceOf(text, error) : text.t(own));
  };
  const told = ({ done, total }: LookProgress): void => {
    setText(root, "progress", text.t("handover.progress", { done, total }));
    setProgress(bar, total === 0 ? 1 : done / total);
  };

  const fill = (sole: readonly SoleShown[]): void => {
    const count = sole.length;
    const none = count === 0;
    setText(root, "summary", none ? text.t("handover.none") : text.t("handover.sole", { count }));
    const list = byRole(root, "sole");
    const lines = sole.slice(0, MOST_SHOWN).map((one) => lineOf(desk, one));
    showLines(list, lines);
    show(list, !none);
    const more = text.t("handover.more", { count: count - MOST_SHOWN });
    show(setText(root, "more", more), count > MOST_SHOWN);
    const after = () => void find(false);
    byRole(root, "pass-on").replaceChildren(...(none ? [] : [passOn(desk, sole, after)]));
    show(found, true);
  };

  /** After sharing the same is looked for again, without taking the focus from what was said. */
  const find = async (focus: boolean): Promise<void> => {
    say("");
    show(look, false);
    show(found, false);
    show(looking, true);
    told({ done: 0, total: 1 });
    setText(root, "progress", "");
    if (focus) focusOn(byRole(root, "progress"));
    try {
      fill(
        await keys.findSole(undefined, {
          onProgress: (progress) => told(progress as LookProgress),
        }),
      );
      if (focus) focusOn(byRole(root, "summary"));
    } catch (error) {
      trouble(error);
    } finally {
      show(looking, false);
      show(look, true);
      if (focus && found.hidden) look.focus();
    }
  };

  const tellAdmins = async (): Promise<void> => {
    report.disabled = true;
    say("");
    try {
      desk.done(toldWords(desk, await keys.reportHandover(undefined)));
    } catch (error) {
      trouble(error);
    } finally {
      report.disabled = false;
    }
  };

  onClick(look, () => void find(true));
  onClick(byRole(looking, "stop"), () => void keys.stopLooking(undefined));
  onClick(report, () => void tellAdmins());
  return root;
};
