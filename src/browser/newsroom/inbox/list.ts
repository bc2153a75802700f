import { CodeError } from "../../kit/code-error.ts";
import { byRole, byRoleOf, isFocusLost, on, onClick, setText, show } from "../../kit/dom.ts";
import { copyButton } from "../pieces/copy.ts";
import { sentenceOf } from "../pieces/form.ts";
import type { Desk } from "../shell/view.ts";
import {
  INBOX_FILTERS,
  type InboxFilter,
  type InboxPage,
  type InboxQuery,
  type ReadingState,
} from "../worker/reading/shapes.ts";
import { createRows, type Rows } from "./rows.ts";

/** The list pane: filter, search, rows, pages. Everything it asks is answered from the worker's memory. */
export type List = {
  readonly rows: Rows;
  /** Asks for the page shown again. */
  refresh(): void;
  find(): void;
  close(): void;
};

export type ListUse = {
  readonly desk: Desk;
  open(mailbox: string): void;
  /** The mailbox whose conversation is open. */
  opened(): string | null;
  /** Each answer of the worker. */
  took(page: InboxPage): void;
};

const FIND_MS = 150;

const countWords = ({ text }: Desk, state: ReadingState): string => {
  const conversations = text.t("inbox.count", { count: state.conversations });
  if (state.unread === 0) return conversations;
  return text.t("inbox.countUnread", { conversations, unread: state.unread });
};

const fillState = (root: HTMLElement, desk: Desk, state: ReadingState): void => {
  const { text } = desk;
  const count = countWords(desk, state);
  const part = byRole(root, "count");
  // Set only when it differs: it is read out each time.
  if (state.done && part.textContent !== count) part.textContent = count;
  show(byRole(root, "offline"), !state.line);
  const reading = byRole(root, "reading");
  show(reading, !state.done && state.looked > 0);
  reading.textContent = text.t("inbox.reading", { looked: state.looked, mine: state.mine });
  const failed = byRole(root, "read-failed");
  show(failed, state.failed !== null);
  setText(
    failed,
    "why",
    state.failed === null ? "" : sentenceOf(text, new CodeError(state.failed)),
  );
  desk.state(text.t("inbox.sealedForYou", { count: state.mine }));
};

const fillPager = (root: HTMLElement, { text }: Desk, page: InboxPage): void => {
  show(byRole(root, "pager"), page.pages > 1);
  setText(root, "page", text.t("inbox.page", { page: page.page + 1, pages: page.pages }));
  byRoleOf(root, "newer", HTMLButtonElement).disabled = page.page === 0;
  byRoleOf(root, "older", HTMLButtonElement).disabled = page.page >= page.pages - 1;
};

/** With nothing in it the inbox shows how sources find their way here. */
const createEmpty = (root: HTMLElement, desk: Desk): ((empty: boolean) => void) => {
  let link = "";
  let asked = false;
  copyButton(byRole(root, "copy"), desk.text, () => link);
  onClick(byRole(root, "go-publish"), () => desk.go("publish"));
  const fill = async (): Promise<void> => {
    link = (await desk.keys.readyLink(undefined)).link;
    setText(root, "ready-link", link);
  };
  return (empty) => {
    show(byRole(root, "empty"), empty);
    if (!empty || asked) return;
    asked = true;
    fill().catch(desk.trouble);
  };
};

const later = (act: () => void): { start(): void; stop(): void } => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    start: () => {
      clearTimeout(timer);
      timer = setTimeout(act, FIND_MS);
    },
    stop: () => clearTimeout(timer),
  };
};

export const createList = (root: HTMLElement, use: ListUse): List => {
  const { desk } = use;
  const field = byRoleOf(root, "find", HTMLInputElement);
  const rows = createRows(byRole(root, "rows"), { text: desk.text, open: use.open });
  const showEmpty = createEmpty(root, desk);
  let filter: InboxFilter = "all";
  let page = 0;
  let asking = false;
  let again = false;

  const query = (): InboxQuery => ({ page, filter, find: field.value, opened: use.opened() });

  const take = (answer: InboxPage): void => {
    page = answer.page;
    rows.fill(answer.rows);
    fillPager(root, desk, answer);
    fillState(root, desk, answer.state);
    const { done, conversations } = answer.state;
    showEmpty(done && conversations === 0);
    show(byRole(root, "nothing-found"), done && conversations > 0 && answer.found === 0);
    use.took(answer);
  };

  /** One question at a time; what happens meanwhile is asked for once more after it. */
  const ask = async (): Promise<void> => {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      do {
        again = false;
        take(await desk.keys.inboxPage(query()));
      } while (again);
    } finally {
      asking = false;
    }
  };
  const refresh = (): void => {
    ask().catch(desk.trouble);
  };

  const turn = async (by: number): Promise<void> => {
    page += by;
    await ask();
    byRole(root, "rows").scrollIntoView({ block: "nearest" });
    // On the last page the button that was pressed is at rest.
    if (isFocusLost()) rows.move(1);
  };
  const search = later(() => {
    page = 0;
    refresh();
  });
  for (const name of INBOX_FILTERS) {
    onClick(byRole(root, `filter-${name}`), () => {
      filter = name;
      page = 0;
      for (const other of INBOX_FILTERS) {
        byRole(root, `filter-${other}`).setAttribute("aria-pressed", String(other === name));
      }
      refresh();
    });
  }
  onClick(byRole(root, "newer"), () => void turn(-1).catch(desk.trouble));
  onClick(byRole(root, "older"), () => void turn(1).catch(desk.trouble));
  on(field, "input", search.start);

  return { rows, refresh, find: () => field.select(), close: search.stop };
};
