import { SealdropError } from "../../../../protocol/public/errors.ts";
import type { Session } from "../session.ts";
import type { Conversation } from "./book.ts";
import { browserClock, type Clock } from "./clock.ts";
import { type Library, openLibrary } from "./library.ts";

/** The library of the present unlock, for every room that works with what was read. */
export type ReadingRoom = {
  /** Throws session-locked. */
  library(): Library;
  /** Throws not-found for a mailbox in which nothing is this reader's. */
  conversation(mailbox: string): Conversation;
  /** Called when messages have come since everything was read. */
  onArrival(listener: () => void): void;
};

export const createReadingRoom = (session: Session, clock: Clock = browserClock()): ReadingRoom => {
  let opened: Library | null = null;
  const listeners: (() => void)[] = [];
  const arrived = (): void => {
    for (const listener of listeners) listener();
  };
  session.onOpen((world) => {
    opened = openLibrary({
      world,
      clock,
      emit: session.emit,
      arrived,
      raise: (finding) => session.raise?.(finding),
    });
    session.readAll = opened.all;
    session.line = opened.line;
  });
  const library = (): Library => {
    if (opened === null) throw new SealdropError("session-locked");
    return opened;
  };
  return {
    library,
    onArrival: (listener) => {
      listeners.push(listener);
    },
    conversation: (mailbox) => {
      const found = library().book.find(mailbox);
      if (found === null) throw new SealdropError("not-found");
      return found;
    },
  };
};
