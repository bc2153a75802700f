import { byRoleOf, onClick, setText } from "../../kit/dom.ts";
import type { Desk } from "../shell/view.ts";
import type { RetireFacts } from "../worker/handover.ts";
import type { MemberRow } from "../worker/people.ts";

/** What an admin can know before retiring somebody, and the button that asks them to hand over first. */

type Report = NonNullable<RetireFacts["report"]>;

const reportWords = ({ text }: Desk, name: string, report: Report): readonly string[] => {
  const { conversations, messages, known } = report;
  const day = text.day(report.day);
  if (conversations === 0) return [text.t("people.reportedNone", { day, name })];
  const unknown = conversations - known.length;
  return [
    text.t("people.reported", {
      day,
      name,
      conversations: text.t("inbox.count", { count: conversations }),
      messages: text.t("inbox.messages", { count: messages }),
    }),
    ...(known.length === 0 ? [] : [text.t("people.reportedKnown", { names: text.list(known) })]),
    ...(unknown === 0 ? [] : [text.t("people.reportedUnknown", { count: unknown })]),
  ];
};

const silentKey = ({ unreadable, stored }: RetireFacts): string => {
  if (stored === 0) return "people.notReportedEmpty";
  return unreadable === 0 ? "people.notReportedNone" : "people.notReported";
};

const silentWords = ({ text }: Desk, name: string, facts: RetireFacts): string => {
  const { unreadable, stored } = facts;
  return text.t(silentKey(facts), { name, unreadable, stored });
};

const factWords = (desk: Desk, name: string, facts: RetireFacts): string => {
  const { text } = desk;
  const { askedDay, report, allRead } = facts;
  return [
    ...(report === null ? [silentWords(desk, name, facts)] : reportWords(desk, name, report)),
    ...(allRead ? [] : [text.t("people.notAllRead")]),
    ...(askedDay === null ? [] : [text.t("people.handoverAsked", { day: text.day(askedDay) })]),
  ].join(" ");
};

/** Fetched when the question opens, and again after each change. */
export const openRetireFacts = (line: HTMLElement, desk: Desk, member: MemberRow) => {
  const { memberNumber, name } = member;
  const { text, keys } = desk;
  let asked = false;

  const look = async (): Promise<void> => {
    const facts = await keys.retireFacts({ memberNumber });
    asked = facts.askedDay !== null;
    setText(line, "facts", factWords(desk, name, facts));
    const key = asked ? "people.withdrawHandover" : "people.askHandover";
    setText(line, "ask-handover", text.t(key, { name }));
  };

  /** Nobody retires before what is known stands there; and what comes late must not push the buttons away under a hand. */
  const fill = async (): Promise<void> => {
    const retire = byRoleOf(line, "do", HTMLButtonElement);
    retire.disabled = true;
    setText(line, "facts", text.t("people.factsWait"));
    try {
      await look();
    } catch (error) {
      if (desk.ends(error)) return;
      // Whose keys are stolen must be taken off the list although nothing can be said of what is lost with them.
      setText(line, "facts", text.t("people.factsFailed"));
    }
    retire.disabled = false;
  };

  const change = async (): Promise<void> => {
    const key = asked ? "people.handoverIsWithdrawn" : "people.handoverIsAsked";
    await (asked ? keys.withdrawHandover({ memberNumber }) : keys.askHandover({ memberNumber }));
    await look();
    desk.done(text.t(key, { name }));
  };

  const ask = setText(line, "ask-handover", text.t("people.askHandover", { name }));
  onClick(ask, () => void change().catch(desk.trouble));
  return { fill: () => void fill() };
};
