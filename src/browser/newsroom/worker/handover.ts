import { hex } from "../../../protocol/public/bytes.ts";
import type { MailboxId } from "../../../protocol/public/crypto.ts";
import { parseHeader } from "../../../protocol/public/envelope.ts";
import { findMember } from "../../../protocol/public/roster.ts";
import {
  encodeHandover,
  type HandoverReport,
  MAX_HANDOVER,
  parseHandover,
} from "../../../protocol/secret/handover.ts";
import { CodeError, codeOf } from "../../kit/code-error.ts";
import type { CallContext } from "../../kit/worker-rpc.ts";
import { type LetterGot, postLetter, reachableMembers, takeLetters } from "./letters.ts";
import type { Library } from "./reading/library.ts";
import type { ReadingRoom } from "./reading/room.ts";
import type { Session } from "./session.ts";
import { findSole, type Sole } from "./sole-reader.ts";
import { tell } from "./tell.ts";
import { handoverRecord } from "./vault.ts";
import type { World } from "./world.ts";

/**
 * Before somebody leaves: what only they can read, found by their own browser, passed on, and told to the admins by letter; and what an
 * admin can know of it before retiring them. docs/protocol.md §15.2.
 */

export type SoleShown = {
  readonly mailbox: string;
  readonly name: string;
  readonly messages: number;
};
export type LookProgress = { readonly done: number; readonly total: number };

/** Names of the admins who have it, and of those who cannot be reached now. */
export type Told = { readonly told: readonly string[]; readonly unreached: readonly string[] };

/** What an admin can know before retiring somebody. */
export type RetireFacts = {
  readonly askedDay: number | null;
  readonly report: {
    readonly day: number;
    readonly conversations: number;
    readonly messages: number;
    /** Sources' names where this admin reads the conversation, too. */
    readonly known: readonly string[];
  } | null;
  /** Of all messages stored, how many this admin cannot read. */
  readonly unreadable: number;
  readonly stored: number;
  /** While the inbox is still being read the two counts are not final. */
  readonly allRead: boolean;
};

const LOOK_MS = 60_000;

/** Sealed wrongly by its own sender, it says nothing. */
const parsed = (bytes: Uint8Array): HandoverReport | null => {
  try {
    return parseHandover(bytes);
  } catch (error) {
    if (codeOf(error) !== "bad-structure") throw error;
    return null;
  }
};

/** The newest report of each colleague is kept in the vault; letters come oldest first. */
const keepReport = async (world: World, { from, bytes }: LetterGot): Promise<boolean> => {
  if (world.me.role !== "admin" || parsed(bytes) === null) return true;
  try {
    await world.records.change(() => ({ put: new Map([[handoverRecord(from), bytes]]) }));
    return true;
  } catch {
    // It stays where it is; an unlock does not fail for it.
    return false;
  }
};

const reportOn = (library: Library, memberNumber: number): RetireFacts["report"] => {
  const { world, book } = library;
  const bytes = world.records.get(handoverRecord(memberNumber));
  const report = bytes === null ? null : parsed(bytes);
  if (report === null) return null;
  const { day, conversations, messages, mailboxes } = report;
  const known = mailboxes.flatMap((mailbox) => {
    const conversation = book.find(hex(mailbox));
    return conversation === null ? [] : [book.name(conversation)];
  });
  return { day, conversations, messages, known };
};

const mailboxIdOf = (library: Library, mailbox: string): readonly MailboxId[] => {
  const first = library.book.find(mailbox)?.messages[0];
  return first === undefined ? [] : [parseHeader(first.headerBytes).mailboxId];
};

const reportOf = (library: Library, sole: readonly Sole[]): HandoverReport => ({
  day: library.world.today,
  conversations: sole.length,
  messages: sole.reduce((sum, { messages }) => sum + messages, 0),
  mailboxes: sole.slice(0, MAX_HANDOVER).flatMap(({ mailbox }) => mailboxIdOf(library, mailbox)),
});

const otherAdmins = async (world: World): Promise<readonly number[]> => {
  const { people } = await world.api.call("people", null);
  return people.flatMap(({ memberNumber, role }) =>
    role === "admin" && memberNumber !== null && memberNumber !== world.memberNumber
      ? [memberNumber]
      : [],
  );
};

const nameOf = ({ roster }: World, memberNumber: number): string =>
  findMember(roster, memberNumber)?.name ?? String(memberNumber);

const tellAdmins = async (library: Library, sole: readonly Sole[]): Promise<Told> => {
  const { world } = library;
  const admins = await otherAdmins(world);
  if (admins.length === 0) throw new CodeError("no-other-admin");
  const readers = await reachableMembers(world);
  const content = { subject: "handover", bytes: encodeHandover(reportOf(library, sole)) } as const;
  const reached = readers.filter(({ memberNumber }) => admins.includes(memberNumber));
  for (const reader of reached) await postLetter(world, reader, content);
  const told = reached.map(({ memberNumber }) => memberNumber);
  const unreached = admins.filter((admin) => !told.includes(admin));
  return {
    told: told.map((one) => nameOf(world, one)),
    unreached: unreached.map((one) => nameOf(world, one)),
  };
};

/** Asked at the unlock and now and then: the desk shows it until it is done. */
const watchAsked = (session: Session): void => {
  const look = async (): Promise<void> => {
    try {
      const opened = session.opened();
      const { askedDay } = await session.api.call("handover", null, { background: true });
      if (opened.handoverAskedDay === askedDay) return;
      opened.handoverAskedDay = askedDay;
      tell(session);
    } catch {
      // The next look tells.
    }
  };
  session.onOpen(() => {
    void look();
    session.repeat(LOOK_MS, () => void look());
  });
};

type ByMember = { readonly memberNumber: number };

export const handoverFunctions = (session: Session, room: ReadingRoom) => {
  let stop = new AbortController();
  let sole: readonly Sole[] | null = null;
  takeLetters(session, "handover", keepReport);
  watchAsked(session);

  return {
    /** Tells `LookProgress`. Throws not-read-yet before everything has been read, looking-stopped. */
    findSole: async (_input: undefined, context: CallContext): Promise<readonly SoleShown[]> => {
      const library = room.library();
      const { book } = library;
      if (!library.state().done) throw new CodeError("not-read-yet");
      const total = book.newestFirst().length;
      stop = new AbortController();
      sole = await findSole(library, {
        signal: stop.signal,
        told: (done) => context.progress({ done, total } satisfies LookProgress),
      });
      return sole.flatMap(({ mailbox, messages }) => {
        const conversation = book.find(mailbox);
        return conversation === null ? [] : [{ mailbox, name: book.name(conversation), messages }];
      });
    },

    stopLooking: (): void => stop.abort(),

    /** Sends what `findSole` found last to the other admins. Throws no-other-admin, no-reader when none of them can be reached now. */
    reportHandover: async (): Promise<Told> => {
      if (sole === null) throw new CodeError("failed");
      const { memberNumber, api } = session.world();
      const told = await tellAdmins(room.library(), sole);
      if (told.told.length === 0) throw new CodeError("no-reader");
      await api.call("endHandover", null, { id: String(memberNumber) });
      session.opened().handoverAskedDay = null;
      tell(session);
      return told;
    },

    retireFacts: async ({ memberNumber }: ByMember): Promise<RetireFacts> => {
      const library = room.library();
      await library.lookNow();
      const { asked } = await library.world.api.call("handover", null);
      const { looked, mine, done } = library.state();
      return {
        askedDay: asked.find((one) => one.memberNumber === memberNumber)?.day ?? null,
        report: reportOn(library, memberNumber),
        unreadable: looked - mine,
        stored: looked,
        allRead: done,
      };
    },

    askHandover: async ({ memberNumber }: ByMember): Promise<void> => {
      await session.world().api.call("askHandover", null, { id: String(memberNumber) });
    },

    withdrawHandover: async ({ memberNumber }: ByMember): Promise<void> => {
      await session.world().api.call("endHandover", null, { id: String(memberNumber) });
    },
  };
};
