import { currentMembers } from "../../../protocol/public/roster.ts";
import { CodeError } from "../../kit/code-error.ts";
import type { CallContext } from "../../kit/worker-rpc.ts";
import { collectLetters, takeLetters } from "./letters.ts";
import { notGivenTo } from "./reading/agreement.ts";
import type { Conversation } from "./reading/book.ts";
import { openConversation, readersShown } from "./reading/conversation.ts";
import type { ReadingRoom } from "./reading/room.ts";
import type { ReaderShown } from "./reading/shapes.ts";
import { takeHistory } from "./reading/take-history.ts";
import type { Session } from "./session.ts";
import { type ShareTally, shareMany } from "./share-run.ts";
import { fetchAudience, presentReaders, reachedBy } from "./sharing.ts";
import type { World } from "./world.ts";

/** Sharing what came before with a colleague, and taking what a colleague has shared. docs/protocol.md §15.1. */

/** `reads`: has all of it. `unreachable`: has no key now. */
export type Colleague = {
  readonly memberNumber: number;
  readonly name: string;
  readonly state: "can" | "reads" | "unreachable";
};

export type ShareChoices = {
  readonly colleagues: readonly Colleague[];
  /** How many messages this member can pass on. */
  readonly messages: number;
  readonly files: number;
  /** Who reads along and would not read what comes after: no key now. */
  readonly leftBehind: readonly ReaderShown[];
};

export type ShareAllChoices = {
  readonly conversations: number;
  readonly colleagues: readonly Colleague[];
};

export type ShareInput = {
  /** Null for all of them. What is gone meanwhile is passed over. */
  readonly mailboxes: readonly string[] | null;
  readonly to: readonly number[];
  /** Whether also where somebody who reads along has no key now and would not read what comes after: said before. */
  readonly leaveBehind: boolean;
};

export type ShareProgress = { readonly done: number; readonly total: number };

const colleaguesOf = (world: World) =>
  currentMembers(world.roster).filter(({ memberNumber }) => memberNumber !== world.memberNumber);

/** Letters wait on the server until everything has been read: only then can be told which messages they are about. */
const takeOnceRead = (session: Session, room: ReadingRoom): void => {
  let read = false;
  let waiting = false;
  let failed: unknown = null;
  takeLetters(session, "history", async (_world, letter) => {
    if (!read) {
      waiting = true;
      return false;
    }
    try {
      await takeHistory(room.library(), letter);
      return true;
    } catch (error) {
      // It stays where it is, and what comes after it is not kept waiting.
      failed = error;
      return false;
    }
  });
  // A share comes with its letter, and nobody wants to wait for the next round of letters.
  room.onArrival(() => void collectLetters(session).catch(() => undefined));
  session.onOpen(() => {
    const reading = session.readAll;
    const takeAll = async (): Promise<void> => {
      await reading;
      read = true;
      if (waiting) await collectLetters(session);
      if (failed !== null) throw failed;
    };
    // A period's keys are destroyed after this: letters are sealed to them.
    session.readAll = takeAll();
    session.readAll.catch(() => undefined);
  });
};

export const historyFunctions = (session: Session, room: ReadingRoom) => {
  let stop = new AbortController();
  takeOnceRead(session, room);

  const chosen = (mailboxes: readonly string[] | null): readonly Conversation[] => {
    const { book } = room.library();
    return mailboxes === null
      ? book.newestFirst()
      : mailboxes.flatMap((mailbox) => book.find(mailbox) ?? []);
  };

  return {
    /** With whom one conversation can be shared, and what they would be able to read. */
    shareChoices: async ({ mailbox }: { readonly mailbox: string }): Promise<ShareChoices> => {
      const library = room.library();
      const { world } = library;
      const open = await openConversation(library, room.conversation(mailbox));
      const reached = reachedBy(await fetchAudience(world));
      const stateOf = (member: number): Colleague["state"] => {
        if (notGivenTo(open, member, world.memberNumber).length === 0) return "reads";
        return reached.has(member) ? "can" : "unreachable";
      };
      const opened = open.reads.filter((read) => read.kind === "open");
      const lost = [...presentReaders(world, open)].filter((member) => !reached.has(member));
      return {
        colleagues: colleaguesOf(world).map(({ memberNumber, name }) => ({
          memberNumber,
          name,
          state: stateOf(memberNumber),
        })),
        messages: opened.filter(({ body }) => body.kind === "message").length,
        files: opened.reduce((sum, { body }) => sum + body.files.length, 0),
        leftBehind: readersShown(world, new Set(lost)),
      };
    },

    /** With whom everything can be shared. Whether they read some of it already is not looked up. */
    shareAllChoices: async (): Promise<ShareAllChoices> => {
      const { world, book } = room.library();
      const reached = reachedBy(await fetchAudience(world));
      return {
        conversations: book.newestFirst().length,
        colleagues: colleaguesOf(world).map(({ memberNumber, name }) => ({
          memberNumber,
          name,
          state: reached.has(memberNumber) ? "can" : "unreachable",
        })),
      };
    },

    /** Tells `ShareProgress`. Throws not-read-yet before everything has been read, sharing-stopped. */
    share: async (input: ShareInput, context: CallContext): Promise<ShareTally> => {
      const library = room.library();
      if (!library.state().done) throw new CodeError("not-read-yet");
      const conversations = chosen(input.mailboxes);
      const total = conversations.length;
      stop = new AbortController();
      return shareMany(library, {
        conversations,
        to: input.to,
        leaveBehind: input.leaveBehind,
        signal: stop.signal,
        told: (done) => context.progress({ done, total } satisfies ShareProgress),
      });
    },

    stopSharing: (): void => stop.abort(),
  };
};
