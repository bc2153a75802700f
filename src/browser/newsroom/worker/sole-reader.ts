import { currentMembers } from "../../../protocol/public/roster.ts";
import { CodeError } from "../../kit/code-error.ts";
import { notGivenTo, type OpenRead } from "./reading/agreement.ts";
import type { Conversation } from "./reading/book.ts";
import { insist } from "./reading/clock.ts";
import { type OpenConversation, openConversations } from "./reading/conversation.ts";
import type { Library } from "./reading/library.ts";
import type { World } from "./world.ts";

/**
 * What only this member of the present list can read, as far as the conversations themselves say: whom a message names, whom this
 * member gave it to, and from whom it came. Nobody else can find this out, the server least of all.
 */

/** Conversations of one request, and requests on their way. */
const AT_ONCE = 16;
const IN_FLIGHT = 2;

const colleaguesOf = ({ roster, memberNumber }: World): readonly number[] =>
  currentMembers(roster)
    .map((entry) => entry.memberNumber)
    .filter((one) => one !== memberNumber);

/** What others say that they passed on to third parties is not counted: whether they could is not known here. */
export const readAlone = (world: World, open: OpenConversation): readonly OpenRead[] => {
  const colleagues = colleaguesOf(world);
  const opened = open.reads.filter((read) => read.kind === "open");
  const cameFrom = ({ known }: OpenRead): boolean => {
    const by = known.opened?.sharedBy ?? null;
    return by !== null && colleagues.includes(by);
  };
  const lacking = colleagues.map((one) => new Set(notGivenTo(open, one, world.memberNumber)));
  return opened.filter(
    (read) =>
      read.body.kind === "message" && !cameFrom(read) && lacking.every((lacks) => lacks.has(read)),
  );
};

export type Sole = { readonly mailbox: string; readonly messages: number };

export type SoleSearch = { readonly signal: AbortSignal; told(done: number): void };

/** Newest first. Throws looking-stopped after `signal`, and the server's refusals. */
export const findSole = async (
  library: Library,
  { signal, told }: SoleSearch,
): Promise<readonly Sole[]> => {
  const queue = [...library.book.newestFirst()];
  const order = queue.map(({ mailbox }) => mailbox);
  const found = new Map<string, number>();
  let done = 0;

  const look = async (conversations: readonly Conversation[]): Promise<void> => {
    const opened = await insist(library.line, () => {
      if (signal.aborted) throw new CodeError("looking-stopped");
      return openConversations(library, conversations);
    });
    for (const open of opened) {
      const messages = readAlone(library.world, open).length;
      if (messages > 0) found.set(open.mailbox, messages);
    }
    done += opened.length;
    told(done);
  };

  const work = async (): Promise<void> => {
    for (;;) {
      const next = queue.splice(0, AT_ONCE);
      if (next.length === 0) return;
      await look(next);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return order.flatMap((mailbox) => {
    const messages = found.get(mailbox);
    return messages === undefined ? [] : [{ mailbox, messages }];
  });
};
