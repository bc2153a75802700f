import type { MessageId } from "../../../protocol/public/crypto.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import type { CallContext } from "../../kit/worker-rpc.ts";
import {
  type Download,
  type SaveHandle,
  saveToBlob,
  saveToHandle,
  saveToStream,
} from "./downloading.ts";
import type { Conversation } from "./reading/book.ts";
import {
  conversationShown,
  type OpenConversation,
  openConversation,
  readersShown,
} from "./reading/conversation.ts";
import { inboxPage } from "./reading/inbox.ts";
import type { Library } from "./reading/library.ts";
import type { ReadingRoom } from "./reading/room.ts";
import type {
  ConversationShown,
  FileKeyShown,
  InboxPage,
  InboxQuery,
  ReaderShown,
} from "./reading/shapes.ts";
import { deleteForEverybody, removeCopy } from "./removing.ts";
import { sendReply } from "./replying.ts";

/** The inbox's functions: reading, replying, removing, saving files. */

export type MailboxInput = { readonly mailbox: string };
export type ReplyInput = MailboxInput & { readonly text: string };
export type SaveProgress =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly bytes: number };

type Draft = { readonly text: string; readonly messageId: MessageId };

export const readingFunctions = (room: ReadingRoom) => {
  const open = new Map<string, OpenConversation>();
  const drafts = new Map<string, Draft>();
  const saving = new Map<string, AbortController>();

  const present = (): Library => room.library();
  const found = (mailbox: string): Conversation => room.conversation(mailbox);

  /** Reads it anew; only the conversation looked at last is kept open, for its files and for replying. */
  const openNow = async (mailbox: string): Promise<OpenConversation> => {
    const read = await openConversation(present(), found(mailbox));
    open.clear();
    open.set(mailbox, read);
    return read;
  };

  const opened = async (mailbox: string): Promise<OpenConversation> =>
    open.get(mailbox) ?? (await openNow(mailbox));

  /** The same words keep their message id, so that sending again is safe; other words are another message. */
  const draftOf = ({ mailbox, text }: ReplyInput): Draft => {
    const before = drafts.get(mailbox);
    if (before?.text === text) return before;
    const { crypto } = present().world;
    const draft = { text, messageId: crypto.random(16) as MessageId };
    drafts.set(mailbox, draft);
    return draft;
  };

  const downloadOf = (key: FileKeyShown): Download => {
    const { world, line } = present();
    const reads = [...open.values()].flatMap((one) => one.reads);
    const read = reads.find((one) => one.known.key === key.message);
    const file = read?.kind === "open" ? read.body.files[key.index] : undefined;
    if (file === undefined) throw new SealdropError("not-found");
    const stop = new AbortController();
    saving.set(`${key.message}-${key.index}`, stop);
    return { world, line, file, signal: stop.signal };
  };

  const told =
    (context: CallContext) =>
    (bytes: number): void =>
      context.progress({ kind: "done", bytes } satisfies SaveProgress);

  return {
    inboxPage: (query: InboxQuery): InboxPage => inboxPage(present(), query),

    /** Fetches and opens all its messages, and marks them as read. */
    openConversation: async ({ mailbox }: MailboxInput): Promise<ConversationShown> => {
      const read = await openNow(mailbox);
      const conversation = found(mailbox);
      const shown = conversationShown(present(), conversation, read);
      present().markRead(conversation.messages);
      return shown;
    },

    /** Answers who of the readers could not be reached. */
    reply: async (input: ReplyInput): Promise<readonly ReaderShown[]> => {
      const { world, lookNow } = present();
      const draft = draftOf(input);
      const sent = await sendReply(world, { open: await opened(input.mailbox), ...draft });
      drafts.delete(input.mailbox);
      await lookNow();
      return readersShown(world, sent.unreachable);
    },

    removeCopy: async ({ mailbox }: MailboxInput): Promise<void> => {
      await removeCopy(present(), found(mailbox).messages);
      open.delete(mailbox);
    },

    deleteForEverybody: async ({ mailbox }: MailboxInput): Promise<void> => {
      await deleteForEverybody(present(), found(mailbox).messages);
      open.delete(mailbox);
    },

    saveToHandle: (
      { key, handle }: { readonly key: FileKeyShown; readonly handle: SaveHandle },
      context: CallContext,
    ): Promise<void> => saveToHandle(downloadOf(key), handle, told(context)),

    saveToBlob: ({ key }: { readonly key: FileKeyShown }, context: CallContext): Promise<Blob> =>
      saveToBlob(downloadOf(key), told(context)),

    saveToStream: (
      { key, port }: { readonly key: FileKeyShown; readonly port: MessagePort },
      context: CallContext,
    ): Promise<void> =>
      saveToStream(downloadOf(key), port, {
        told: told(context),
        ready: () => context.progress({ kind: "ready" } satisfies SaveProgress),
      }),

    stopSaving: (key: FileKeyShown): void => saving.get(`${key.message}-${key.index}`)?.abort(),
  };
};
