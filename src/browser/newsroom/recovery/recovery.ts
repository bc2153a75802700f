import { confirmStep } from "../../kit/confirm.ts";
import { byRole, onClick, setText, show, showLines } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";
import { showWords } from "../pieces/words.ts";
import type { Desk, View } from "../shell/view.ts";
import { createWork, type Work } from "../shell/work.ts";
import type { RecoveryPage } from "../worker/word-shares/status.ts";
import { collectPart, requestPart } from "./asked.ts";
import { shareSetPart } from "./share-set.ts";

/** What is left when words or vault are lost: shares at colleagues, and helping those who have lost theirs. */

const fillHeld = (root: HTMLElement, text: Text, page: RecoveryPage): void => {
  const lines = page.held.map(({ owner, words }) =>
    text.t(`recovery.held.${words}`, { name: owner }),
  );
  showLines(byRole(root, "held"), lines);
  show(byRole(root, "held-none"), page.held.length === 0);
};

const collectedWords = (text: Text, { from, needed }: NonNullable<RecoveryPage["collected"]>) => {
  if (from.length === 0) return text.t("recovery.collectedNone");
  return text.t("recovery.collectedSome", { names: text.list(from), needed: needed ?? 0 });
};

const fillCollecting = (root: HTMLElement, text: Text, page: RecoveryPage): void => {
  const part = byRole(root, "collecting");
  const { collected } = page;
  show(part, page.mayShare.includes("newsroom") || collected !== null);
  setText(part, "collected", collected === null ? "" : collectedWords(text, collected));
  const words = collected?.words ?? null;
  show(byRole(part, "words"), words !== null);
  showWords(part, words ?? []);
  show(byRole(part, "end"), collected !== null);
};

const openCollecting = (root: HTMLElement, desk: Desk, work: Work): void => {
  const part = byRole(root, "collecting");
  const { text, keys } = desk;
  onClick(byRole(part, "collect"), () =>
    work(keys.collectNewsroomWords(undefined), (unreached) =>
      unreached.length === 0
        ? text.t("recovery.collectDone")
        : text.t("recovery.rehearsalSome", { names: text.list(unreached) }),
    ),
  );
  onClick(byRole(part, "look"), () => work(Promise.resolve(), text.t("recovery.looked")));
  confirmStep(byRole(part, "end"), () =>
    work(keys.endCollecting(undefined), text.t("recovery.collectEnded")),
  );
};

const openRecovery = (root: HTMLElement, desk: Desk): (() => void) => {
  const { text, keys } = desk;
  const fill = (page: RecoveryPage): void => {
    byRole(root, "asked").replaceChildren(...page.asked.map((one) => collectPart(desk, one, work)));
    byRole(root, "sets").replaceChildren(
      ...(["recovery", "newsroom"] as const)
        .filter(
          (words) => page.mayShare.includes(words) || page.sets.some((set) => set.words === words),
        )
        .map((words) => shareSetPart({ desk, words, page, work, reload: load })),
    );
    fillCollecting(root, text, page);
    fillHeld(root, text, page);
  };
  const load = async (): Promise<void> => {
    const requests = await keys.recoveryRequests(undefined);
    byRole(root, "requests").replaceChildren(
      ...requests.map((request) => requestPart(desk, request, work)),
    );
    fill(await keys.recoveryPage(undefined));
  };
  const work = createWork(desk, load);
  openCollecting(root, desk, work);
  load().catch(desk.trouble);
  // The words must not stay in the page's nodes.
  return () => root.replaceChildren();
};

export const recoveryView: View = {
  id: "recovery",
  template: "view-recovery",
  adminOnly: false,
  open: (root, desk) => ({ close: openRecovery(root, desk) }),
};
