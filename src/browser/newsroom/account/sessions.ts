import { confirmStep } from "../../kit/confirm.ts";
import { byRole, clone, setText, show } from "../../kit/dom.ts";
import type { Desk } from "../shell/view.ts";
import type { SessionRow } from "../worker/factors.ts";

const sessionLine = (desk: Desk, row: SessionRow, refill: () => void): HTMLElement => {
  const { text, keys } = desk;
  const line = clone("row-session");
  setText(line, "kind", text.t(`sessions.kind.${row.kind}`));
  setText(line, "started", text.day(row.startedDay));
  setText(line, "active", text.day(row.activeDay));
  show(byRole(line, "current"), row.current);
  show(byRole(line, "ask"), !row.current);
  confirmStep(line, () => {
    keys
      .endSession({ id: row.id })
      .then(() => desk.done(text.t("sessions.ended")))
      .then(refill)
      .catch(desk.trouble);
  });
  return line;
};

/** Where one is signed in, by day and kind; the server knows no more, so neither does the page. */
export const showSessions = (root: HTMLElement, desk: Desk): Promise<void> => {
  const part = byRole(root, "sessions-part");
  const refill = async (): Promise<void> => {
    const rows = await desk.keys.sessions(undefined);
    const again = (): void => void refill().catch(desk.trouble);
    byRole(part, "sessions").replaceChildren(...rows.map((row) => sessionLine(desk, row, again)));
    show(byRole(part, "others"), rows.length > 1);
  };
  confirmStep(byRole(part, "others"), () => {
    desk.keys
      .endOtherSessions(undefined)
      .then(() => desk.done(desk.text.t("sessions.othersEnded")))
      .then(refill)
      .catch(desk.trouble);
  });
  return refill();
};
