import type { Clock } from "../../src/browser/newsroom/worker/reading/clock.ts";
import type { Carry } from "../support/worker-client.ts";

/** One client's line to the server: it may break at a given request, end there, and take turns with another's. */

export type Break = {
  /** Requests that still pass. */
  readonly after: number;
  /** What is lost: the request, the answer to what the server has done, or only time: all others overtake it. */
  readonly lost: "request" | "answer" | "time";
  /** The browser is closed with it; otherwise the line is back at once. */
  readonly ends: boolean;
};

type Sent = Parameters<Carry>[0];
export type Turn = { take(sent: Sent): Promise<() => void>; finish(): void };
export type Turns = readonly [Turn, Turn];

export type Line = {
  readonly carry: Carry;
  readonly clock: Clock;
  /** Time that passes only as turns of the event loop, and not at all once the browser is closed. */
  sleep(milliseconds: number): Promise<void>;
  breakAt(plan: Break | null): void;
  takeTurns(turn: Turn | null): void;
  close(): void;
  isClosed(): boolean;
  /** Settled once the browser is closed. */
  readonly closed: Promise<void>;
  /** Nothing is asked any more, and nothing that was answered leads to another question. */
  quiet(): Promise<void>;
};

/** Longer waits are a beat that the tests drive by hand. */
const LONGEST_SLEEP_MS = 16_000;
/** More turns than any chain of a client's own steps takes between two requests. */
const QUIET_TURNS = 12;

const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

const never = (): Promise<never> => new Promise(() => undefined);

export const createLine = (): Line => {
  let plan: { left: number; lost: Break["lost"]; ends: boolean } | null = null;
  let turn: Turn | null = null;
  let inFlight = 0;
  let held = 0;
  let isClosed = false;
  let tellClosed = (): void => undefined;
  const closed = new Promise<void>((resolve) => {
    tellClosed = resolve;
  });

  const close = (): void => {
    isClosed = true;
    tellClosed();
  };

  const lost = (): Break["lost"] | null => {
    if (plan === null) return null;
    if (plan.left > 0) {
      plan.left -= 1;
      return null;
    }
    const { lost: what, ends } = plan;
    plan = null;
    if (ends && what !== "time") close();
    return what;
  };

  const isQuiet = async (besides: () => number): Promise<void> => {
    for (let turns = 0; turns < QUIET_TURNS; turns++) {
      if (inFlight > besides()) turns = 0;
      await nextTurn();
    }
  };

  const beOvertaken = async (): Promise<void> => {
    held += 1;
    await isQuiet(() => held);
    held -= 1;
  };

  const broken = (): TypeError => new TypeError("the line is broken");

  const pass: Carry = async (sent, ask) => {
    const end = await turn?.take(sent);
    try {
      if (isClosed) throw broken();
      const what = lost();
      if (what === "request") throw broken();
      if (what === "time") await beOvertaken();
      const response = await ask();
      if (what === "answer") throw broken();
      return response;
    } finally {
      end?.();
    }
  };

  const sleep = async (milliseconds: number): Promise<void> => {
    if (isClosed || milliseconds > LONGEST_SLEEP_MS) return never();
    return nextTurn();
  };

  return {
    carry: async (sent, ask) => {
      inFlight += 1;
      try {
        return await pass(sent, ask);
      } finally {
        inFlight -= 1;
      }
    },
    clock: { now: () => 0, sleep, breathe: nextTurn },
    sleep,
    breakAt: (next) => {
      plan = next === null ? null : { left: next.after, lost: next.lost, ends: next.ends };
    },
    takeTurns: (next) => {
      turn = next;
    },
    close,
    isClosed: () => isClosed,
    closed,
    quiet: () => isQuiet(() => 0),
  };
};

/**
 * Whose request goes next, of two; each ends before the next one starts. After the last of `order` both run as they like. `true` is
 * the first one's turn.
 */
export const createTurns = (order: readonly boolean[]): Turns => {
  const waiting: Record<0 | 1, (() => void)[]> = { 0: [], 1: [] };
  const finished = new Set<0 | 1>();
  let at = 0;
  let running = false;

  const letAllGo = (): void => {
    for (const go of [...waiting[0].splice(0), ...waiting[1].splice(0)]) go();
  };

  const letNextGo = (): void => {
    const wanted = order[at] === true ? 0 : 1;
    const next = finished.has(wanted) ? ((1 - wanted) as 0 | 1) : wanted;
    const go = waiting[next].shift();
    if (go === undefined) return;
    at += 1;
    running = true;
    go();
  };

  const pump = (): void => {
    if (running) return;
    if (at >= order.length) letAllGo();
    else letNextGo();
  };

  const turnOf = (who: 0 | 1): Turn => ({
    take: () =>
      new Promise((resolve) => {
        const free = at >= order.length;
        waiting[who].push(() => {
          resolve(() => {
            if (free) return;
            running = false;
            pump();
          });
        });
        pump();
      }),
    finish: () => {
      finished.add(who);
      pump();
    },
  });
  return [turnOf(0), turnOf(1)];
};

const withoutEnd = (): void => undefined;

/** Settled once `tell` was called. */
const createSignal = () => {
  let tell = (): void => undefined;
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  return { told, tell: () => tell() };
};

/** The second goes on until it is about to write where `path` says; then the first goes through to its end, and only then that write. */
export const createOvertaken = (path: string): Turns => {
  const stopped = createSignal();
  const through = createSignal();
  return [
    {
      take: async () => {
        await stopped.told;
        return withoutEnd;
      },
      finish: through.tell,
    },
    {
      take: async (sent) => {
        if (sent.body !== null && sent.path.includes(path)) {
          stopped.tell();
          await through.told;
        }
        return withoutEnd;
      },
      finish: stopped.tell,
    },
  ];
};
