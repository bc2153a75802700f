import { confirmStep } from "../../kit/confirm.ts";
import { byRole, byRoleOf, focusOn, onClick, setText, show, showLines } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";
import { saveBlob } from "../pieces/save-blob.ts";
import type { Desk } from "../shell/view.ts";
import type { AuditProgress, AuditVerdict } from "../worker/audit.ts";

/** *Verify* and *export*: both walk through all of it, and say how far they are. */

const faultWords = (text: Text, verdict: AuditVerdict): readonly string[] => [
  ...verdict.altered.map((number) => text.t("audit.altered", { number })),
  ...verdict.missing.map((number) => text.t("audit.missing", { number })),
  ...verdict.contradicted.map(({ by, number }) => text.t(`audit.contradicted.${by}`, { number })),
  ...(verdict.unanchored ?? []).map((day) => text.t("audit.unanchored", { day: text.day(day) })),
  ...(verdict.unanchored === null ? [text.t("audit.otherLog")] : []),
];

const wholeWords = (text: Text, { checked, knownBefore, anchors }: AuditVerdict): string => {
  const lines = text.t("audit.wholeText", { count: checked });
  const before =
    knownBefore === null
      ? text.t("audit.firstLook")
      : text.t("audit.knownBefore", { number: knownBefore });
  const logged = anchors === 0 ? "" : ` ${text.t("audit.anchored", { count: anchors })}`;
  return `${lines} ${before}${logged}`;
};

const showVerdict = (root: HTMLElement, text: Text, verdict: AuditVerdict): void => {
  const part = byRole(root, "verdict");
  const { whole } = verdict;
  part.classList.toggle("danger", !whole);
  setText(part, "verdict-title", text.t(whole ? "audit.whole" : "audit.broken"));
  setText(part, "verdict-text", whole ? wholeWords(text, verdict) : text.t("audit.brokenText"));
  const list = byRole(part, "verdict-list");
  showLines(list, faultWords(text, verdict));
  show(list, !whole);
  // A trail that does not hang together cannot be taken for a new beginning: it would be found again.
  show(byRole(part, "accept-part"), verdict.contradicted.length > 0);
  show(part, true);
  focusOn(part);
};

export const openVerdict = (root: HTMLElement, desk: Desk): void => {
  const { text, keys } = desk;
  const buttons = ["verify", "export"].map((role) => byRoleOf(root, role, HTMLButtonElement));
  const said = (progress: unknown): void => {
    const { done, last } = progress as AuditProgress;
    setText(root, "progress", text.t("audit.progress", { count: done, last }));
  };
  const run = async (work: () => Promise<void>): Promise<void> => {
    for (const button of buttons) button.disabled = true;
    show(byRole(root, "verdict"), false);
    try {
      await work();
    } catch (error) {
      desk.trouble(error);
    } finally {
      for (const button of buttons) button.disabled = false;
      setText(root, "progress", "");
    }
  };
  const verify = async (): Promise<void> =>
    showVerdict(root, text, await keys.verifyAudit(undefined, { onProgress: said }));
  const save = async (): Promise<void> => {
    const blob = await keys.exportAudit(undefined, { onProgress: said });
    const date = new Date().toISOString().slice(0, 10);
    saveBlob(blob, `sealdrop-audit-${date}.jsonl`);
    desk.done(text.t("audit.exported"));
  };
  onClick(byRole(root, "verify"), () => void run(verify));
  onClick(byRole(root, "export"), () => void run(save));
  confirmStep(byRole(root, "accept-part"), () => {
    void run(async () => {
      await keys.acceptAudit(undefined);
      desk.done(text.t("audit.accepted"));
    });
  });
};
