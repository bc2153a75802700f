/** What the page gets of the inbox: words, numbers and ids, never a key. Everything here is structured-clonable. */

/** How far the reading has come; `line` is false while the connection is gone. */
export type ReadingState = {
  readonly done: boolean;
  /** Messages looked at so far, whoever they are for. */
  readonly looked: number;
  /** Messages for this reader. */
  readonly mine: number;
  readonly conversations: number;
  readonly unread: number;
  readonly line: boolean;
  /** Why reading stopped before the end; null while all is well. */
  readonly failed: string | null;
};

export type InboxEvent = { readonly kind: "inbox"; readonly state: ReadingState };

export const INBOX_FILTERS = ["all", "unread", "files"] as const;
export type InboxFilter = (typeof INBOX_FILTERS)[number];

export const PAGE_ROWS = 50;

export type InboxQuery = {
  /** From 0. */
  readonly page: number;
  readonly filter: InboxFilter;
  /** Part of a source name or of a first line; empty for all. */
  readonly find: string;
  /** The conversation that the page has open, to learn of newer messages in it. */
  readonly opened: string | null;
};

export type InboxRow = {
  /** Mailbox id as hex. */
  readonly mailbox: string;
  readonly name: string;
  readonly unread: number;
  /** Of the newest message. */
  readonly day: number;
  readonly firstLine: string;
  readonly fileCount: number;
  readonly messageCount: number;
  /** Who wrote the newest message; null when that message is broken. */
  readonly lastBy: "source" | "newsroom" | null;
};

export type InboxPage = {
  readonly rows: readonly InboxRow[];
  readonly page: number;
  readonly pages: number;
  /** Conversations that fit the query. */
  readonly found: number;
  /** How many messages the open conversation has now. */
  readonly openedMessages: number;
  readonly state: ReadingState;
};

export type ReaderShown = {
  readonly name: string;
  readonly self: boolean;
  /** Has since left the newsroom. */
  readonly left: boolean;
};

export type FileShown = {
  /** Index in the message's own list. */
  readonly index: number;
  readonly name: string;
  readonly type: string;
  readonly size: number;
};

export type WriterShown =
  | { readonly by: "source" }
  | {
      readonly by: "journalist";
      readonly name: string;
      readonly self: boolean;
      readonly left: boolean;
    };

/** `unknown`: the message it answers is lacking, so nobody can say. */
export type Agreed = "yes" | "no" | "unknown";

export type MessageShown =
  | {
      readonly kind: "open";
      readonly key: string;
      readonly day: number;
      readonly unread: boolean;
      readonly writer: WriterShown;
      readonly share: boolean;
      /** Of a share: whom it gave what came before. Empty where nothing before it can be read here. */
      readonly sharedWith: readonly ReaderShown[];
      /** On whose word this reader has it; null where it was sealed to this reader itself. */
      readonly sharedBy: ReaderShown | null;
      readonly text: string;
      readonly files: readonly FileShown[];
      readonly readers: readonly ReaderShown[];
      readonly agreed: Agreed;
      /** How many messages this one refers to that are deleted or withheld. */
      readonly lacking: number;
    }
  | {
      readonly kind: "refused";
      readonly key: string;
      readonly day: number;
      readonly unread: boolean;
      /** `stolen`: written under a key that was reported stolen. `gone`: listed, but its body did not come. `too-much`: the mailbox holds more than is opened at once. */
      readonly why: "broken" | "stolen" | "gone" | "too-much";
    };

/** What a reply would answer, and who would read it. */
export type ReplyShown = {
  readonly answers: string;
  readonly readers: readonly ReaderShown[];
};

export type ConversationShown = {
  readonly mailbox: string;
  readonly name: string;
  readonly messages: readonly MessageShown[];
  readonly reply: ReplyShown | null;
  /** Messages of this mailbox that others can read and this reader cannot. */
  readonly forOthers: number;
};

export type FileKeyShown = { readonly message: string; readonly index: number };
