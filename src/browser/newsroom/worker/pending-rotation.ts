import { concat, equal, readerOf, u8, u16, u32 } from "../../../protocol/public/bytes.ts";
import type { NewsroomSeed } from "../../../protocol/secret/crypto.ts";
import { NEWSROOM_RECORD } from "./newsroom-key.ts";
import type { Opened } from "./session.ts";
import type { World } from "./world.ts";

/**
 * A rotation on its way, in the vault before anybody hears of it: one that breaks off is finished or forgotten, from any browser.
 * The next words are not in it: they are on paper.
 */
export type Pending = {
  readonly ordinal: number;
  readonly seed: NewsroomSeed;
  readonly nextCommitment: Uint8Array;
  readonly stolen: boolean;
  readonly day: number;
  /** Colleagues who shall have the new key. */
  readonly receivers: readonly number[];
};

const RECORD = "newsroom-next";

const encode = (pending: Pending): Uint8Array =>
  concat([
    u8(1),
    u32(pending.ordinal),
    pending.seed,
    pending.nextCommitment,
    u8(pending.stolen ? 1 : 0),
    u32(pending.day),
    u16(pending.receivers.length),
    ...pending.receivers.map(u16),
  ]);

export const findPending = ({ records }: Pick<World, "records">): Pending | null => {
  const bytes = records.get(RECORD);
  if (bytes === null) return null;
  const reader = readerOf(bytes);
  if (reader.u8() !== 1) return null;
  return {
    ordinal: reader.u32(),
    seed: reader.bytes(32) as NewsroomSeed,
    nextCommitment: reader.bytes(32),
    stolen: reader.u8() === 1,
    day: reader.u32(),
    receivers: Array.from({ length: reader.u16() }, () => reader.u16()),
  };
};

export const keepPending = ({ records }: World, pending: Pending): Promise<void> =>
  records.change(() => ({ put: new Map([[RECORD, encode(pending)]]) }));

export const dropPending = ({ records }: World): Promise<void> =>
  records.change((there) => (there.has(RECORD) ? { remove: [RECORD] } : null));

/**
 * What takes its place once the rotation is stored. Forgotten at another desk meanwhile, it is taken all the same; where that desk
 * has taken it, what came of it since stays.
 */
export const replacePending = (
  { records }: World,
  { seed }: Pending,
  put: ReadonlyMap<string, Uint8Array>,
): Promise<void> =>
  records.change((there) => {
    if (there.has(RECORD)) return { put, remove: [RECORD] };
    const held = there.get(NEWSROOM_RECORD);
    return held !== undefined && equal(held, seed) ? null : { put };
  });

/** `stored`: the chain holds it. `void`: a colleague was faster. `open`: nobody has heard of it. */
export type PendingState = "stored" | "void" | "open";

export const stateOf = ({ chain }: Opened, pending: Pending): PendingState => {
  const there = chain.keys().eras[pending.ordinal];
  if (there === undefined) return "open";
  // Two admins with the same sheet make the same key; the words they drew for the next one tell them apart.
  return equal(there.nextCommitment, pending.nextCommitment) ? "stored" : "void";
};
