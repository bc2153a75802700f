import { equal } from "../../../../protocol/public/bytes.ts";
import type { Conversation } from "./book.ts";
import type { Known } from "./known.ts";
import type { Library } from "./library.ts";
import {
  type InboxFilter,
  type InboxPage,
  type InboxQuery,
  type InboxRow,
  PAGE_ROWS,
} from "./shapes.ts";

/** One page of the inbox, from memory. */

const fileCount = (conversation: Conversation): number =>
  conversation.messages.reduce((sum, message) => sum + (message.opened?.fileCount ?? 0), 0);

const lastBy = (library: Library, message: Known | undefined): InboxRow["lastBy"] => {
  const sender = message?.opened?.senderStatic;
  if (sender === undefined) return null;
  const { entries } = library.world.roster;
  return entries.some((entry) => equal(entry.static, sender)) ? "newsroom" : "source";
};

const rowOf = (library: Library, conversation: Conversation): InboxRow => {
  const newest = conversation.messages.at(-1);
  const readable = conversation.messages.findLast((message) => message.opened !== null);
  return {
    mailbox: conversation.mailbox,
    name: library.book.name(conversation),
    unread: conversation.messages.filter(library.isUnread).length,
    day: newest?.day ?? 0,
    firstLine: readable?.opened?.firstLine ?? "",
    fileCount: fileCount(conversation),
    messageCount: conversation.messages.length,
    lastBy: lastBy(library, newest),
  };
};

const passes: Readonly<Record<InboxFilter, (library: Library, one: Conversation) => boolean>> = {
  all: () => true,
  unread: (library, one) => one.messages.some(library.isUnread),
  files: (_library, one) => fileCount(one) > 0,
};

const holds = (library: Library, conversation: Conversation, wanted: string): boolean =>
  library.book.name(conversation).includes(wanted) ||
  conversation.messages.some((message) =>
    (message.opened?.firstLine ?? "").toLowerCase().includes(wanted),
  );

export const inboxPage = (library: Library, query: InboxQuery): InboxPage => {
  const wanted = query.find.trim().toLowerCase();
  const found = library.book
    .newestFirst()
    .filter((one) => passes[query.filter](library, one))
    .filter((one) => wanted === "" || holds(library, one, wanted));
  const pages = Math.max(1, Math.ceil(found.length / PAGE_ROWS));
  const page = Math.min(Math.max(0, query.page), pages - 1);
  const rows = found
    .slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS)
    .map((one) => rowOf(library, one));
  const opened = query.opened === null ? null : library.book.find(query.opened);
  const openedMessages = opened?.messages.length ?? 0;
  return { rows, page, pages, found: found.length, openedMessages, state: library.state() };
};
