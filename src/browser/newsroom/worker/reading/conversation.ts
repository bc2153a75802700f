import { hex } from "../../../../protocol/public/bytes.ts";
import { findMember, type RosterEntry } from "../../../../protocol/public/roster.ts";
import type { World } from "../world.ts";
import {
  type OpenRead,
  type Readership,
  readershipsOf,
  readersNow,
  sharedWith,
} from "./agreement.ts";
import { type Read, readBodies, readManyBodies, SMALL_BODIES } from "./bodies.ts";
import type { Conversation } from "./book.ts";
import { safeName, safeType } from "./file-name.ts";
import type { Library } from "./library.ts";
import type {
  ConversationShown,
  FileShown,
  MessageShown,
  ReaderShown,
  ReplyShown,
  WriterShown,
} from "./shapes.ts";

/** A conversation as the page shows it, and as replying and downloading need it. */
export type OpenConversation = {
  readonly mailbox: string;
  readonly reads: readonly Read[];
  readonly readerships: ReadonlyMap<string, Readership>;
};

/** How someone is called now: the newest entry of that member. */
const entryOf = (world: World, memberNumber: number): RosterEntry | null => {
  const { roster } = world;
  return (
    findMember(roster, memberNumber) ??
    roster.entries.find((entry) => entry.memberNumber === memberNumber) ??
    null
  );
};

const readerShown = (world: World, memberNumber: number): readonly ReaderShown[] => {
  const entry = entryOf(world, memberNumber);
  if (entry === null) return [];
  const left = entry.state === "left" || entry.state === "stolen";
  return [{ name: entry.name, self: memberNumber === world.memberNumber, left }];
};

export const readersShown = (world: World, members: ReadonlySet<number>): readonly ReaderShown[] =>
  [...members].flatMap((member) => readerShown(world, member));

const sharedByShown = (world: World, { known }: OpenRead): ReaderShown | null => {
  const by = known.opened?.sharedBy ?? null;
  return by === null ? null : (readerShown(world, by)[0] ?? null);
};

const writerShown = (world: World, { origin }: OpenRead): WriterShown => {
  if (origin.by === "source") return { by: "source" };
  const [shown] = readerShown(world, origin.entry.memberNumber);
  const { name } = origin.entry;
  return { by: "journalist", name, self: shown?.self ?? false, left: shown?.left ?? true };
};

const filesShown = ({ body }: OpenRead): readonly FileShown[] =>
  body.files.map((file, index) => ({
    index,
    name: safeName(file.name),
    type: safeType(file.type),
    size: file.length,
  }));

/** Referred to, and nowhere in what the server lists. While not everything is read nothing counts as lacking. */
const lackingOf = (library: Library, read: OpenRead, opened: ReadonlySet<string>): number => {
  if (!library.state().done) return 0;
  const { body, known } = read;
  const answers = body.answers === null ? [] : [hex(body.answers)];
  const named = new Set([...body.newest.map(hex), ...answers]);
  return [...named].filter((hash) => {
    const isReplysBase = read.origin.by === "journalist" && answers.includes(hash);
    if (isReplysBase) return !opened.has(hash);
    return !library.book.isListed(known.mailbox, hash);
  }).length;
};

/** The text of a share is for the source, who cannot look up who the readers of an older list were. */
const shareShown = (world: World, open: OpenConversation, read: OpenRead) => {
  const share = read.body.kind === "share";
  return {
    share,
    text: share ? "" : read.body.text,
    sharedWith: share ? readersShown(world, sharedWith(open, read)) : [],
    sharedBy: sharedByShown(world, read),
  };
};

const messageShown = (library: Library, open: OpenConversation, read: Read): MessageShown => {
  const { known } = read;
  const unread = library.isUnread(known);
  const place = { key: known.key, day: known.day, unread };
  if (read.kind === "refused") return { kind: "refused", ...place, why: read.why };
  const opened = new Set(
    open.reads.flatMap((one) => (one.kind === "open" ? [one.known.hash] : [])),
  );
  return {
    kind: "open",
    ...place,
    writer: writerShown(library.world, read),
    ...shareShown(library.world, open, read),
    files: filesShown(read),
    readers: readersShown(library.world, readersNow(open, read)),
    agreed: open.readerships.get(known.key)?.verdict ?? "unknown",
    lacking: lackingOf(library, read, opened),
  };
};

/** The newest message that everybody named may read: what a reply answers. */
export const replyBase = (open: OpenConversation): OpenRead | null =>
  open.reads
    .filter((read) => read.kind === "open")
    .findLast((read) => open.readerships.get(read.known.key)?.verdict === "yes") ?? null;

/** Whom a reply goes to among the journalists who are still here: the readers of the one message it answers, and its writer. */
export const replyMembers = (
  world: World,
  open: OpenConversation,
  base: OpenRead,
): ReadonlySet<number> => {
  const agreed = open.readerships.get(base.known.key)?.agreed ?? new Set<number>();
  const all = [...new Set([...agreed, world.memberNumber])];
  return new Set(all.filter((member) => findMember(world.roster, member)?.state === "current"));
};

const replyShown = (library: Library, open: OpenConversation): ReplyShown | null => {
  const base = replyBase(open);
  if (base === null) return null;
  const members = replyMembers(library.world, open, base);
  return { answers: base.known.key, readers: readersShown(library.world, members) };
};

const openedOf = (world: World, mailbox: string, reads: readonly Read[]): OpenConversation => ({
  mailbox,
  reads,
  readerships: readershipsOf(world, reads),
});

export const openConversation = async (
  library: Library,
  conversation: Conversation,
): Promise<OpenConversation> => {
  const reads = await readBodies(
    library.world,
    conversation,
    library.book.bytesIn(conversation.mailbox),
  );
  return openedOf(library.world, conversation.mailbox, reads);
};

/** Several at a time, in their order: small ones with one request. Throws as `openConversation`. */
export const openConversations = async (
  library: Library,
  conversations: readonly Conversation[],
): Promise<readonly OpenConversation[]> => {
  const { world, book } = library;
  const isSmall = ({ mailbox }: Conversation): boolean => book.bytesIn(mailbox) <= SMALL_BODIES;
  const small = conversations.filter(isSmall);
  const reads = small.length === 0 ? [] : await readManyBodies(world, small);
  const opened = new Map(
    small.map(({ mailbox }, i) => [mailbox, openedOf(world, mailbox, reads[i] ?? [])]),
  );
  const all: OpenConversation[] = [];
  for (const one of conversations) {
    all.push(opened.get(one.mailbox) ?? (await openConversation(library, one)));
  }
  return all;
};

export const conversationShown = (
  library: Library,
  conversation: Conversation,
  open: OpenConversation,
): ConversationShown => ({
  mailbox: open.mailbox,
  name: library.book.name(conversation),
  messages: open.reads.map((read) => messageShown(library, open, read)),
  reply: replyShown(library, open),
  forOthers: library.book.listedIn(open.mailbox) - conversation.messages.length,
});
