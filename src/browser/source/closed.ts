import { byRole, byRoleOf, clone, setText, show } from "../kit/dom.ts";
import type { Text } from "../kit/text.ts";
import type { NewsroomView } from "./worker/api.ts";

/** Why the form is not open. Each has its own words; some still let somebody read. */
export type ClosedReason =
  | "nobody"
  | "paused"
  | "lapsed"
  | "clock"
  | "fingerprint"
  | "untrue"
  | "not-set-up"
  | "blocked"
  | "calculates"
  | "failed";

const byCode: Readonly<Record<string, ClosedReason>> = {
  "fingerprint-differs": "fingerprint",
  "bad-structure": "untrue",
  "bad-signature": "untrue",
  "wrong-newsroom": "untrue",
  "roster-invalid": "untrue",
  "settings-mismatch": "untrue",
  "not-set-up": "not-set-up",
  "webassembly-blocked": "blocked",
  "self-test-failed": "calculates",
};

export const reasonOf = (code: string): ClosedReason => byCode[code] ?? "failed";

/** With these the newsroom itself is verified, so words can be read and deleted. */
export const canStillRead = (reason: ClosedReason): boolean =>
  reason === "nobody" || reason === "paused" || reason === "lapsed" || reason === "clock";

export type Closed = {
  readonly reason: ClosedReason;
  /** Null unless the newsroom's signature fitted: nothing unsigned is repeated. */
  readonly view: NewsroomView | null;
  readonly today: number;
  /** What somebody had already typed: closing the form loses nothing. */
  readonly written: string;
};

export function closedScreen(text: Text, closed: Closed): HTMLElement {
  const { reason, view } = closed;
  const screen = clone("t-closed");
  const day = text.day(reason === "lapsed" ? (view?.validUntilDay ?? closed.today) : closed.today);
  setText(screen, "title", text.t(`closed.${reason}-title`));
  setText(screen, "text", text.t(`closed.${reason}`, { day }));
  setText(screen, "do", text.t(`closed.${reason}-do`));
  const said = reason === "paused" ? (view?.pauseSentence ?? "") : "";
  setText(screen, "said-text", said);
  show(byRole(screen, "said"), said !== "");
  const contact = view?.otherContact ?? "";
  setText(screen, "contact-text", contact);
  show(byRole(screen, "contact"), contact !== "");
  show(byRole(screen, "still"), canStillRead(reason));
  byRoleOf(screen, "written-text", HTMLTextAreaElement).value = closed.written;
  show(byRole(screen, "written"), closed.written !== "");
  return screen;
}
