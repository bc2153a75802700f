import { concat, u16 } from "../../../../protocol/public/bytes.ts";
import { MAX_WRAPS } from "../../../../protocol/public/limits.ts";
import { wrapOf } from "../../../../protocol/secret/archive.ts";
import { codeOf } from "../../../kit/code-error.ts";
import { agreeOnArchive } from "../archive-key.ts";
import type { World } from "../world.ts";
import { insist, type Line } from "./clock.ts";
import type { Wrap } from "./try-row.ts";

/**
 * Stores archive wraps in batches. They leave on the beat of a clock, not when a batch happens to be ready: opening a message for this
 * reader takes longer than looking at another's, and the server shall not be able to tell by when the answer comes.
 */
export type WrapPost = {
  add(wrap: Wrap): void;
  /** Settled when all that was added before is stored; throws what the server refused. */
  flush(): Promise<void>;
};

export const BEAT_MS = 500;

/** One more, and two windows change the archive key faster than anybody can. */
const MOST_TRIES = 3;

const wrapsBody = ({ crypto, own }: World, wraps: readonly Wrap[]): Uint8Array =>
  concat([
    own.archive.id,
    u16(wraps.length),
    ...wraps.flatMap(({ messageId, item }) => [messageId, wrapOf(crypto, own.archive, item)]),
  ]);

/**
 * Sealed under the present archive key, and once more where another window of this member has begun a new one meanwhile. `send` gets the
 * body, and throws what the server refused.
 */
export const sendWraps = async (
  world: World,
  wraps: readonly Wrap[],
  send: (body: Uint8Array) => Promise<unknown>,
): Promise<void> => {
  for (let tries = 1; ; tries++) {
    try {
      await send(wrapsBody(world, wraps));
      return;
    } catch (error) {
      if (codeOf(error) !== "vault-changed" || tries === MOST_TRIES) throw error;
      await agreeOnArchive(world);
    }
  }
};

export const createWrapPost = (world: World, line: Line): WrapPost => {
  const started = line.clock.now();
  let waiting: Wrap[] = [];
  let posting: Promise<void> = Promise.resolve();

  const onBeat = (): Promise<void> => {
    const since = (line.clock.now() - started) % BEAT_MS;
    return line.clock.sleep(BEAT_MS - since);
  };

  /** Sealed before the beat: real ones take longer than random bytes. */
  const send = async (body: Uint8Array): Promise<void> => {
    await onBeat();
    await insist(line, () => world.api.bytes("/api/messages/wraps", { body, background: true }));
  };

  const post = async (wraps: readonly Wrap[]): Promise<void> => {
    try {
      await sendWraps(world, wraps, send);
    } catch (error) {
      // A message deleted meanwhile needs no wrap.
      if (codeOf(error) !== "not-found") throw error;
    }
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
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
