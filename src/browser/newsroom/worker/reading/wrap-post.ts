import { concat, u16 } from "../../../../protocol/public/bytes.ts";
import { MAX_WRAPS } from "../../../../protocol/public/limits.ts";
import { codeOf } from "../../../kit/code-error.ts";
import type { World } from "../world.ts";
import { insist, type Line } from "./clock.ts";

/**
 * Stores archive wraps in batches. They leave on the beat of a clock, not when a batch happens to be ready: opening a message for this
 * reader takes longer than looking at another's, and the server shall not be able to tell by when the answer comes.
 */
export type WrapPost = {
  add(wrap: { readonly messageId: Uint8Array; readonly bytes: Uint8Array }): void;
  /** Settled when all that was added before is stored; throws what the server refused. */
  flush(): Promise<void>;
};

const BEAT_MS = 500;

type Item = { readonly messageId: Uint8Array; readonly bytes: Uint8Array };

export const createWrapPost = (world: World, line: Line): WrapPost => {
  const started = line.clock.now();
  let waiting: Item[] = [];
  let posting: Promise<void> = Promise.resolve();

  const onBeat = (): Promise<void> => {
    const since = (line.clock.now() - started) % BEAT_MS;
    return line.clock.sleep(BEAT_MS - since);
  };

  const post = async (items: readonly Item[]): Promise<void> => {
    const body = concat([
      world.own.archive.id,
      u16(items.length),
      ...items.flatMap(({ messageId, bytes }) => [messageId, bytes]),
    ]);
    try {
      await insist(line, () => world.api.bytes("/api/messages/wraps", { body, background: true }));
    } catch (error) {
      // A message deleted meanwhile needs no wrap.
      if (codeOf(error) !== "not-found") throw error;
    }
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      await onBeat();
      const items = waiting.slice(0, MAX_WRAPS);
      waiting = waiting.slice(MAX_WRAPS);
      try {
        await post(items);
      } catch (error) {
        waiting = [...items, ...waiting];
        throw error;
      }
    }
  };

  return {
    add: (wrap) => {
      waiting.push(wrap);
    },
    flush: () => {
      posting = posting.catch(() => undefined).then(drain);
      return posting;
    },
  };
};
