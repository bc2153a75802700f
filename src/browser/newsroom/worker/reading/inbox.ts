import { equal } from "../../../../protocol/public/bytes.ts";
import type { RosterEntry } from "../../../../protocol/public/roster.ts";
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

const entryOf = (library: Library, message: Known): RosterEntry | undefined => {
  const sender = message.opened?.senderStatic;
  if (sender === undefined) return undefined;
  return library.world.roster.entries.find((entry) => equal(entry.static, sender));
};

/** Null where nothing may be shown: broken, or written under a key that was reported stolen, also since. */
const lineOf = (library: Library, message: Known): string | null => {
  if (message.opened === null || entryOf(library, message)?.state === "stolen") return null;
  return message.opened.firstLine;
};

const lastBy = (library: Library, message: Known | undefined): InboxRow["lastBy"] => {
  if (message === undefined || lineOf(library, message) === null) return null;
  return entryOf(library, message) === undefined ? "source" : "newsroom";
};

/** A share, for one: what was said before it stays the line to show. */
const saysNothing = ({ opened }: Known): boolean =>
  opened !== null && opened.firstLine === "" && opened.fileCount === 0;

const rowOf = (library: Library, conversation: Conversation): InboxRow => {
  const newest = conversation.messages.at(-1);
  const lines = conversation.messages
    .filter((message) => !saysNothing(message))
    .map((message) => lineOf(library, message));
  return {
    mailbox: conversation.mailbox,
    name: library.book.name(conversation),
    unread: conversation.messages.filter(library.isUnread).length,
    day: newest?.day ?? 0,
    firstLine: lines.findLast((line) => line !== null) ?? "",
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
    (lineOf(library, message) ?? "").toLowerCase().includes(wanted),
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
