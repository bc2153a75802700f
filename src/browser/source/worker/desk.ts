import type { MessageId } from "../../../protocol/public/crypto.ts";
import { NEWEST_PLACES } from "../../../protocol/public/limits.ts";
import { CodeError } from "../../kit/code-error.ts";
import type { Conversation, SendInput } from "./api.ts";
import type { Mailbox, MailboxWorld } from "./mailbox.ts";
import type { OpenedNewsroom } from "./newsroom.ts";
import { conversationOf, type ReadRow, readMailbox } from "./reading.ts";
import { newMessageId, sendDraft } from "./sending.ts";
import { createUploads, type Uploads } from "./uploads.ts";

/** One mailbox with what is being written in it: a new tip's, or the one a codename opened. */
export type Desk = {
  readonly mailbox: Mailbox;
  readonly uploads: Uploads;
  readonly send: (input: SendInput, newsroom: NewsroomAt) => Promise<OpenedNewsroom>;
  readonly read: (opened: OpenedNewsroom) => Promise<Conversation>;
  readonly wipe: () => void;
};

export type NewsroomAt = {
  readonly opened: OpenedNewsroom;
  readonly renew: (nowMs: number) => Promise<OpenedNewsroom>;
};

type Ids = {
  readonly of: (input: SendInput) => MessageId;
  readonly forget: () => void;
};

/** The id stays with the words: the same ones sent again after a failure are the same message. */
function createIds(world: MailboxWorld): Ids {
  let last: { readonly said: string; readonly id: MessageId } | null = null;
  return {
    of: (input) => {
      const said = JSON.stringify([input.text, input.readers, input.files, input.reRead]);
      if (last?.said !== said) last = { said, id: newMessageId(world.crypto) };
      return last.id;
    },
    forget: () => {
      last = null;
    },
  };
}

export function createDesk(world: MailboxWorld, mailbox: Mailbox): Desk {
  const { crypto, seal } = world;
  const uploads = createUploads({ crypto, seal, mailbox: () => mailbox });
  const ids = createIds(world);
  let rows: readonly ReadRow[] = [];
  return {
    mailbox,
    uploads,
    send: async (input, { opened, renew }) => {
      const newest = rows.slice(-NEWEST_PLACES).map((read) => read.hash);
      const draft = {
        input,
        messageId: ids.of(input),
        files: uploads.entries(input.files),
        answers: newest.at(-1) ?? null,
        newest,
      };
      const under = await sendDraft({ crypto, mailbox, opened, renew }, draft);
      uploads.clear();
      ids.forget();
      return under;
    },
    read: async (opened) => {
      const { roster } = opened.newsroom;
      rows = await readMailbox({ crypto, mailbox, roster });
      if (rows.length === 0) throw new CodeError("nothing-found");
      return conversationOf(rows, roster);
    },
    wipe: () => {
      rows = [];
      ids.forget();
      uploads.clear();
      mailbox.wipe();
    },
  };
}
