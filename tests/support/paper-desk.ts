import type { Conversation } from "../../src/browser/newsroom/worker/reading/book.ts";
import {
  conversationShown,
  type OpenConversation,
  openConversation,
} from "../../src/browser/newsroom/worker/reading/conversation.ts";
import { inboxPage } from "../../src/browser/newsroom/worker/reading/inbox.ts";
import { type Library, openLibrary } from "../../src/browser/newsroom/worker/reading/library.ts";
import type { ConversationShown } from "../../src/browser/newsroom/worker/reading/shapes.ts";
import type { World } from "../../src/browser/newsroom/worker/world.ts";
import type { SourceKeys } from "../../src/protocol/secret/codename.ts";
import type { SealedMessage } from "../../src/protocol/secret/seal.ts";
import { sumo as crypto } from "../vectors/backends.ts";
import { type PaperServer, paperClock, paperServer, paperWorld } from "./paper-inbox.ts";
import { type PaperJournalist, paperNewsroom, paperSource, sealTip } from "./paper-newsroom.ts";

/** Three journalists on paper, and Ada's seat at the desk. */

export const newsroom = paperNewsroom(crypto, { day: 20_700, names: ["Ada", "Bea", "Cem"] });
export const [ada, bea, cem] = newsroom.journalists as [
  PaperJournalist,
  PaperJournalist,
  PaperJournalist,
];

export type Tip = { readonly source: SourceKeys; readonly sealed: SealedMessage };

export const tipTo = (
  addressed: readonly number[],
  text: string,
  source = paperSource(crypto, newsroom),
): Tip => ({ source, sealed: sealTip(crypto, newsroom, { source, addressed, text }) });

export const read = async (world: World): Promise<Library> => {
  const library = openLibrary({
    world,
    clock: paperClock(),
    emit: () => undefined,
    raise: () => undefined,
  });
  await library.all;
  return library;
};

export const seat = (): { readonly server: PaperServer; readonly world: World } => {
  const server = paperServer(crypto, newsroom);
  return { server, world: paperWorld({ crypto, newsroom, server }, ada) };
};

export const ALL = { page: 0, filter: "all", find: "", opened: null } as const;

export const firstLines = (library: Library): readonly string[] =>
  inboxPage(library, ALL).rows.map((row) => row.firstLine);

export type Shown = {
  readonly open: OpenConversation;
  readonly conversation: Conversation;
  readonly page: ConversationShown;
};

/** The newest conversation, opened. */
export const shown = async (library: Library): Promise<Shown> => {
  const [conversation] = library.book.newestFirst();
  if (conversation === undefined) throw new Error("no conversation");
  const open = await openConversation(library, conversation);
  return { open, conversation, page: conversationShown(library, conversation, open) };
};
