import { codeOf } from "../../../kit/code-error.ts";

/** Time as the reading room uses it, so that tests need not wait. */
export type Clock = {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Lets everything that waits for this thread have its turn. */
  breathe(): Promise<void>;
};

/** A message to oneself: unlike a timer it is not slowed down when nested. */
const breather = (): (() => Promise<void>) => {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
};

export const browserClock = (): Clock => ({
  now: () => performance.now(),
  sleep: (milliseconds) =>
    new Promise((resolve) => {
      setTimeout(resolve, milliseconds);
    }),
  breathe: breather(),
});

const WAITS_MS = [1_000, 2_000, 5_000, 10_000, 15_000];
const PASSING = new Set(["offline", "database-away", "internal"]);

export type Line = { readonly clock: Clock; up(is: boolean): void };

/** Asks again while the line is gone; only for what is safe to ask twice. Any other refusal is thrown. */
export const insist = async <Answer>(line: Line, ask: () => Promise<Answer>): Promise<Answer> => {
  for (let tries = 0; ; tries++) {
    try {
      const answer = await ask();
      line.up(true);
      return answer;
    } catch (error) {
      if (!PASSING.has(codeOf(error))) throw error;
      line.up(false);
      await line.clock.sleep(WAITS_MS[Math.min(tries, WAITS_MS.length - 1)] ?? 15_000);
    }
  }
};
