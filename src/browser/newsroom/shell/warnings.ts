import { byRole, clone, onClick, setText, show, showLines } from "../../kit/dom.ts";
import type { RosterToConfirm } from "../worker/keys.ts";
import type { Overview, Warning } from "../worker/overview.ts";
import { keysEndPart } from "./keys-end.ts";
import type { Desk } from "./view.ts";

/** What needs doing stands at the top, whichever view is open. */

const offer = (part: HTMLElement, words: string, act: () => void): void => {
  show(byRole(part, "actions"), true);
  onClick(setText(part, "act", words), act);
};

/** Somebody who left knows a key that still signs: red, until it is another. */
const offerKeysPage = (part: HTMLElement, desk: Desk, warning: Warning): void => {
  if (warning === "newsroom-key-known") part.classList.replace("look-out", "danger");
  const todo = warning === "newsroom-key-known" || warning === "newsroom-key-unfinished";
  if (!todo && warning !== "newsroom-sheet-void") return;
  offer(part, desk.text.t("warning.toKeys"), () => desk.go("keys"));
};

const plainWarning = (desk: Desk, overview: Overview, warning: Warning): HTMLElement => {
  const part = clone("part-warning");
  const { rosterDaysLeft, sourceOrigin, keyKnownTo } = overview;
  const day = desk.text.day(overview.handoverAskedDay ?? 0);
  const names = desk.text.list(keyKnownTo);
  const values = { count: Math.max(0, rosterDaysLeft), origin: sourceOrigin, day, names };
  const whose = overview.signs ? "" : "Member";
  const rosterDates = warning === "roster-lapses" || warning === "roster-lapsed";
  const key = `warning.${warning}${rosterDates ? whose : ""}`;
  setText(part, "warning-title", desk.text.t(`${key}.title`, values));
  setText(part, "text", desk.text.t(`${key}.text`, values));
  // Confirming the list renews it as well, so that only one of the two is to be pressed.
  const open = overview.signs && !overview.warnings.includes("roster-unconfirmed");
  if (rosterDates && open) {
    offer(part, desk.text.t("keys.renew"), () => {
      desk.keys
        .renewRoster(undefined)
        .then(() => desk.done(desk.text.t("keys.renewed")), desk.trouble);
    });
  }
  if (warning === "handover-asked") {
    offer(part, desk.text.t("handover.go"), () => desk.go("people"));
  }
  offerKeysPage(part, desk, warning);
  return part;
};

type Listed = RosterToConfirm["members"][number];

const nameLine = ({ text }: Desk, { name, generation }: Listed): string =>
  generation === 0 ? name : text.t("renewal.rotated", { name, count: generation });

const confirmPart = async (desk: Desk, place: HTMLElement): Promise<void> => {
  const list = await desk.keys.rosterToConfirm(undefined);
  const part = clone("part-confirm-renewal");
  const lines = list.members.map((one) => nameLine(desk, one));
  showLines(byRole(part, "members"), lines);
  const left =
    list.left.length === 0 ? "" : desk.text.t("renewal.left", { names: desk.text.list(list.left) });
  setText(part, "void", left);
  onClick(byRole(part, "sign"), () => {
    desk.keys
      .confirmRoster(undefined)
      .then(() => desk.done(desk.text.t("renewal.done")), desk.trouble);
  });
  onClick(byRole(part, "later"), () => part.remove());
  place.replaceChildren(part);
};

export const showWarnings = (place: HTMLElement, desk: Desk, overview: Overview): void => {
  place.replaceChildren(
    ...overview.warnings.map((warning) => {
      if (warning === "keys-end") return keysEndPart(desk, overview);
      if (warning !== "roster-unconfirmed") return plainWarning(desk, overview, warning);
      const slot = document.createElement("div");
      confirmPart(desk, slot).catch(desk.trouble);
      return slot;
    }),
  );
};
