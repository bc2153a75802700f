import { AUDIT_KINDS, type AuditKind } from "../../../protocol/public/audit.ts";
import { clone, setText } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";
import type { AuditLineShown } from "../worker/audit.ts";

/** One line of the trail in words. */

type Said = NonNullable<AuditLineShown["said"]>;

/** Done by people who are no members yet; whatever else has no name was done by the server. */
const BY_NEWCOMERS: readonly AuditKind[] = [
  "invite-answered",
  "logged-in",
  "recovery-used",
  "logged-out-everywhere",
  "passphrase-changed",
  "hash-cost-raised",
  "sessions-ended",
  "app-changed",
  "codes-made",
  "passkey-added",
  "passkey-unlocks",
  "passkey-removed",
  "factor-reset-by-words",
];

const whoWords = (text: Text, { actor, kind }: Said): string =>
  actor ?? text.t(BY_NEWCOMERS.includes(kind) ? "audit.newcomer" : "audit.server");

const clock = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");

const whenWords = (text: Text, { day, minute }: Said): string =>
  minute === null
    ? text.t("audit.wholeDay", { day: text.day(day) })
    : text.t("audit.at", { day: text.day(day), time: clock(minute) });

const whatWords = (text: Text, said: Said): string => {
  const settings = text.list(said.settings.map((name) => text.t(`audit.setting.${name}`)));
  return text.t(`audit.kind.${said.kind}`, {
    ...said.values,
    whom: said.subject ?? "",
    settings,
  });
};

export const auditRow = (text: Text, { number, said }: AuditLineShown): HTMLElement => {
  const row = clone("row-audit");
  setText(row, "number", text.number(number));
  setText(row, "when", said === null ? "" : whenWords(text, said));
  setText(row, "who", said === null ? "" : whoWords(text, said));
  setText(row, "what", said === null ? text.t("audit.unreadable") : whatWords(text, said));
  return row;
};

/** A kind without its particulars, for the list to choose from. */
export const kindWords = (text: Text, kind: AuditKind): string => {
  const names: readonly string[] = AUDIT_KINDS[kind].values;
  const gaps = Object.fromEntries([...names, "whom", "settings"].map((name) => [name, "…"]));
  return text.t(`audit.kind.${kind}`, gaps);
};
