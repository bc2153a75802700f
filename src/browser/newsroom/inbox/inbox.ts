import { byRole, byRoleOf, onClick } from "../../kit/dom.ts";
import type { Desk, OpenView, View } from "../shell/view.ts";
import { createList } from "./list.ts";
import { createTalk } from "./talk.ts";

/** The inbox: conversations on one side, the open one on the other; on a phone one of the two. */

type Showing = "list" | "talk";

const openInbox = (root: HTMLElement, desk: Desk): OpenView => {
  const shortcuts = byRoleOf(root, "shortcuts", HTMLDialogElement);
  const names = new Map<string, string>();

  const showPane = (showing: Showing): void => {
    root.dataset["showing"] = showing;
  };

  const back = (): void => {
    const mailbox = talk.opened();
    showPane("list");
    if (mailbox !== null) list.rows.focus(mailbox);
  };

  const open = (mailbox: string): void => {
    showPane("talk");
    list.rows.mark(mailbox);
    talk.open(mailbox, names.get(mailbox) ?? "");
  };

  const talk = createTalk(byRole(root, "talk"), {
    desk,
    back,
    gone: () => {
      showPane("list");
      list.rows.mark(null);
      list.refresh();
      byRole(root, "title").focus();
    },
  });

  const list = createList(root, {
    desk,
    open,
    opened: talk.opened,
    took: (page) => {
      names.clear();
      for (const row of page.rows) names.set(row.mailbox, row.name);
      talk.heard(page.openedMessages, page.state.done);
    },
  });

  const actions: Readonly<Record<string, () => void>> = {
    j: () => list.rows.move(1),
    k: () => list.rows.move(-1),
    r: talk.reply,
    u: back,
    "/": () => {
      showPane("list");
      list.find();
    },
    "?": () => shortcuts.showModal(),
  };

  onClick(byRole(root, "help"), () => shortcuts.showModal());
  desk.on((event) => {
    if (event.kind === "inbox") list.refresh();
  });
  list.refresh();

  return {
    key: (event) => {
      const act = actions[event.key];
      if (act === undefined || shortcuts.open) return;
      event.preventDefault();
      act();
    },
    close: () => {
      list.close();
      talk.clear();
    },
  };
};

export const inboxView: View = {
  id: "inbox",
  template: "view-inbox",
  adminOnly: false,
  open: openInbox,
};
