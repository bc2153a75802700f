import { byRole, clone, onClick, setText, show } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";
import type { InboxRow } from "../worker/reading/shapes.ts";

/** The rows of one page of the inbox. A row that stays keeps its element, and with it focus and place. */
export type Rows = {
  fill(rows: readonly InboxRow[]): void;
  mark(mailbox: string | null): void;
  /** Moves focus to the next or previous row; to the first when none has it. */
  move(by: 1 | -1): void;
  focus(mailbox: string): void;
};

type Line = { readonly item: HTMLElement; readonly button: HTMLElement; shown: string };

const lineOf = (text: Text, row: InboxRow): string => {
  if (row.firstLine !== "") return row.firstLine;
  if (row.lastBy === null) return text.t("inbox.brokenLine");
  return text.t(row.fileCount > 0 ? "inbox.onlyFiles" : "inbox.noWords");
};

const fillLine = (text: Text, { item }: Line, row: InboxRow): void => {
  item.classList.toggle("unread", row.unread > 0);
  show(byRole(item, "dot"), row.unread > 0);
  setText(item, "unread", row.unread > 0 ? text.t("inbox.unread", { count: row.unread }) : "");
  setText(item, "name", row.name);
  setText(item, "day", text.day(row.day));
  setText(item, "line", lineOf(text, row));
  const files = row.fileCount > 0 ? text.t("inbox.files", { count: row.fileCount }) : "";
  setText(item, "files", files);
};

export const createRows = (
  root: HTMLElement,
  use: { readonly text: Text; open(mailbox: string): void },
): Rows => {
  const lines = new Map<string, Line>();
  let marked: string | null = null;

  const make = (mailbox: string): Line => {
    const item = clone("row-conversation");
    const button = byRole(item, "open");
    onClick(button, () => use.open(mailbox));
    return { item, button, shown: "" };
  };

  const lineFor = (row: InboxRow): Line => {
    const line = lines.get(row.mailbox) ?? make(row.mailbox);
    const shown = JSON.stringify(row);
    if (shown !== line.shown) fillLine(use.text, line, row);
    line.shown = shown;
    return line;
  };

  const place = (wanted: readonly HTMLElement[]): void => {
    const same =
      wanted.length === root.childElementCount &&
      wanted.every((item, i) => root.children[i] === item);
    if (same) return;
    const focused = document.activeElement;
    root.replaceChildren(...wanted);
    if (focused instanceof HTMLElement && root.contains(focused)) focused.focus();
  };

  const markLines = (): void => {
    for (const [mailbox, { button }] of lines) {
      if (mailbox === marked) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  };

  return {
    fill: (rows) => {
      const kept = new Map(rows.map((row) => [row.mailbox, lineFor(row)]));
      lines.clear();
      for (const [mailbox, line] of kept) lines.set(mailbox, line);
      place([...kept.values()].map(({ item }) => item));
      markLines();
    },
    mark: (mailbox) => {
      marked = mailbox;
      markLines();
    },
    move: (by) => {
      const buttons = [...lines.values()].map(({ button }) => button);
      const focused = buttons.findIndex((button) => button.matches(":focus"));
      const current = buttons.findIndex((button) => button.hasAttribute("aria-current"));
      const from = focused >= 0 ? focused : current;
      const to = from < 0 ? 0 : Math.min(buttons.length - 1, Math.max(0, from + by));
      buttons[to]?.focus();
    },
    focus: (mailbox) => lines.get(mailbox)?.button.focus(),
  };
};
