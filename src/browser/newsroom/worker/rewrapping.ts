import { type FormerWrap, parseFormerWraps } from "../../../protocol/public/archive-page.ts";
import { base64url, equal } from "../../../protocol/public/bytes.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import type { ArchiveState } from "../../../protocol/public/lasting-keys-api.ts";
import { openWrap } from "../../../protocol/secret/archive.ts";
import { agreeOnArchive } from "./archive-key.ts";
import { collectLetters } from "./letters.ts";
import { allArchives, withoutOld } from "./own-keys.ts";
import { insist, type Line } from "./reading/clock.ts";
import type { Wrap } from "./reading/try-row.ts";
import { BEAT_MS, sendWraps } from "./reading/wrap-post.ts";
import type { Session } from "./session.ts";
import { tell } from "./tell.ts";
import type { OldOwn, World } from "./world.ts";

/**
 * After new lasting keys: every wrap under a former archive key is made anew under the present one, and when nothing needs the former
 * keys any more they are destroyed. It may stop anywhere and go on in another browser. docs/protocol.md §12.5, §14.1.
 */
export type Renewal = {
  /** Wraps under the present archive key, of all there are. */
  readonly done: number;
  readonly total: number;
  /** Messages sealed to keys before that are not opened yet. */
  readonly slots: number;
  /** Letters of colleagues sealed to keys before that could not be taken yet. */
  readonly letters: number;
  /** Wraps under a key that this vault does not hold: they are left alone. */
  readonly foreign: number;
  /** The keys before are destroyed. */
  readonly finished: boolean;
};

type Job = { readonly session: Session; readonly world: World; readonly line: Line };

const SLICE_MS = 8;

const show = (session: Session, renewal: Renewal): void => {
  session.opened().renewal = renewal;
  session.emit({ kind: "renewal", renewal });
};

const isHeld = ({ own }: World, keyId: Uint8Array): boolean =>
  allArchives(own).some(({ id }) => equal(id, keyId));

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

const slotsFor = ({ untried }: ArchiveState, generation: number): number =>
  sum(untried.filter((one) => one.generation <= generation).map(({ slots }) => slots));

const renewalOf = (world: World, state: ArchiveState, letters: number): Renewal => {
  const left = sum(state.former.map((one) => one.left));
  const foreign = state.former.filter(({ keyId }) => !isHeld(world, keyId));
  const { old } = world.own;
  return {
    done: state.wraps,
    total: state.wraps + left,
    slots: slotsFor(state, old.at(-1)?.generation ?? -1),
    letters,
    foreign: sum(foreign.map((one) => one.left)),
    finished: old.length === 0,
  };
};

/** Null where the key it stands under is not at hand: random bytes in its place would lose a real one for ever. */
const openFormer = (world: World, former: FormerWrap): Wrap | null => {
  if (!isHeld(world, former.keyId)) return null;
  const { messageId, headerHash: header, wrap } = former;
  for (const archive of allArchives(world.own)) {
    const found = openWrap(world.crypto, archive, { wrap, header });
    if (found !== null) return { messageId, item: { ...found, header } };
  }
  return { messageId, item: null };
};

/** In small slices: the page's questions never wait for it. */
const openAll = async (
  { world, line: { clock } }: Job,
  page: readonly FormerWrap[],
): Promise<readonly Wrap[]> => {
  const wraps: Wrap[] = [];
  let started = clock.now();
  for (const former of page) {
    const wrap = openFormer(world, former);
    if (wrap !== null) wraps.push(wrap);
    if (clock.now() - started < SLICE_MS) continue;
    await clock.breathe();
    started = clock.now();
  }
  return wraps;
};

const fetchFormer = async ({ world, line }: Job, before: number) => {
  const path = `/api/archive/${base64url(world.own.archive.id)}/waiting?before=${before}`;
  return parseFormerWraps(await insist(line, () => world.api.bytes(path, { background: true })));
};

/** Once from the newest to the oldest; a batch leaves on the beat, whatever it holds. */
const rewrapOnce = async (job: Job): Promise<void> => {
  const { session, world, line } = job;
  for (let before = 0; ; ) {
    const started = line.clock.now();
    const page = await fetchFormer(job, before);
    const last = page.at(-1);
    if (last === undefined) return;
    // A server that sends the same page for ever would keep this client busy for ever.
    if (before !== 0 && last.arrival >= before) throw new SealdropError("bad-structure");
    before = last.arrival;
    const wraps = await openAll(job, page);
    await sendWraps(world, wraps, async (body) => {
      await line.clock.sleep(Math.max(0, BEAT_MS - (line.clock.now() - started)));
      await insist(line, () => world.api.bytes("/api/archive/wraps", { body, background: true }));
    });
    const { renewal } = session.opened();
    if (renewal !== null) show(session, { ...renewal, done: renewal.done + wraps.length });
  }
};

/** Under former keys that are at hand. */
const leftIn = (world: World, { former }: ArchiveState): number =>
  sum(former.filter(({ keyId }) => isHeld(world, keyId)).map(({ left }) => left));

/** Until nothing is left, or what is left cannot be opened here. */
const rewrapAll = async (job: Job): Promise<ArchiveState> => {
  let state = await agreeOnArchive(job.world);
  for (;;) {
    show(job.session, renewalOf(job.world, state, job.session.opened().renewal?.letters ?? 0));
    const left = leftIn(job.world, state);
    if (left === 0) return state;
    await rewrapOnce(job);
    state = await agreeOnArchive(job.world);
    if (leftIn(job.world, state) >= left) return state;
  }
};

/** The server first, which refuses while something stands under the key; then nothing needs what the vault still holds. */
const destroy = async (world: World, state: ArchiveState, old: OldOwn): Promise<void> => {
  const keyId = old.archive.id;
  if (state.former.some((former) => equal(former.keyId, keyId))) {
    await world.api.call("archiveDestroyed", { keyId }, { background: true });
  }
  const change = withoutOld(old);
  await world.records.change((records) =>
    (change.remove ?? []).some((id) => records.has(id)) ? change : null,
  );
};

const destroyUnneeded = async ({ session, world }: Job, state: ArchiveState): Promise<void> => {
  const staying = await collectLetters(session);
  for (const old of world.own.old) {
    const left = state.former.find(({ keyId }) => equal(keyId, old.archive.id))?.left ?? 0;
    const letters = staying.filter(({ generation }) => generation <= old.generation).length;
    if (left + letters + slotsFor(state, old.generation) === 0) await destroy(world, state, old);
  }
  show(session, renewalOf(world, state, staying.length));
  tell(session);
};

const workOn = async (session: Session, job: Job): Promise<void> => {
  try {
    await session.readAll;
    await destroyUnneeded(job, await rewrapAll(job));
  } catch {
    // Not read to the end, locked, or another window was faster: nothing is lost, and it is tried again.
  } finally {
    session.opened().rewrapping = null;
  }
};

/** Everything that can be done now, once at a time; the rest waits for the next beat of the desk, or the next unlock. */
export const rewrapAfterReading = (session: Session): Promise<void> => {
  const opened = session.opened();
  const { world } = opened;
  const { line } = session;
  if (line === null || world.own.old.length === 0) return Promise.resolve();
  opened.rewrapping ??= workOn(session, { session, world, line });
  return opened.rewrapping;
};
