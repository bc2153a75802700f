import { equal } from "../../../../protocol/public/bytes.ts";
import { signSeen } from "../../../../protocol/secret/sign-seen.ts";
import { codeOf } from "../../../kit/code-error.ts";
import type { Session } from "../session.ts";
import type { World } from "../world.ts";
import { takeRestored, takeRestoredListOnly } from "./accepting.ts";
import { compareLeaves } from "./against-leaves.ts";
import { changesOf } from "./changes.ts";
import { checkColleagues, isOwnBehind, type Now, openAllSeen, vaultOf } from "./colleagues.ts";
import type { Finding } from "./finding.ts";
import { askTold, type Told } from "./follow.ts";
import type { LeavesRead } from "./leaves.ts";
import {
  encodeMark,
  encodeMemory,
  LOG_RECORD,
  type LoggedRoster,
  type Memory,
  markKey,
  parseMark,
  parseMemory,
} from "./memory.ts";
import { compareSourceSide } from "./source-side.ts";
import { eachOnce, type Remembered, readStory, restoredIn } from "./story.ts";

/** One look at the log after an unlock, and what it leaves behind. docs/protocol.md §16.6. */

export type Looked = {
  readonly findings: readonly Finding[];
  /** Whether the source's address told the same; false when none could be reached. */
  readonly compared: boolean;
  readonly size: number;
};

const background = { background: true } as const;

const remembered = async ({ store }: Session, world: World): Promise<Remembered> => ({
  memory: parseMemory(world.records.get(LOG_RECORD)),
  mark: parseMark(await store.get(markKey(world))),
});

const alarm = (kind: "fork" | "shrunk" | "log-broken"): Looked => ({
  findings: [{ kind }],
  compared: false,
  size: 0,
});

type Step = {
  readonly session: Session;
  readonly toppedUp: number | null;
  readonly shown: number;
  readonly world: World;
  readonly told: Told;
  readonly known: Remembered;
  readonly now: Now;
  readonly read: LeavesRead;
  /** Lists that may be somebody else's doing. */
  readonly news: readonly LoggedRoster[];
};

const vaultFindings = async ({ world, known }: Step): Promise<readonly Finding[]> =>
  known.mark !== null && (await isOwnBehind(world, known.mark)) ? [{ kind: "vault-back" }] : [];

const listFindings = (session: Session): readonly Finding[] =>
  session.opened().trust === "contradicted" ? [{ kind: "list-gone" }] : [];

/** After a restore the smaller tree is the later one. */
const isFurther = (other: Memory, memory: Memory): boolean =>
  other.restored.length > memory.restored.length ||
  (other.restored.length === memory.restored.length && other.peaks.size > memory.peaks.size);

const isSame = (one: Memory, other: Memory): boolean =>
  equal(encodeMemory(one), encodeMemory(other));

/**
 * What colleagues' vaults were at is saved with the first look and with whatever else is new: if each saved for the other's saving,
 * two open desks would never come to rest.
 */
const keep = async (session: Session, world: World, memory: Memory): Promise<void> => {
  const opened = session.opened();
  const isFirst = opened.colleagues === null;
  opened.colleagues = memory.colleagues;
  await world.records.change((records) => {
    // Another window may have been further: its story is this one's, and nothing of it is taken back.
    const there = parseMemory(records.get(LOG_RECORD) ?? null);
    if (there !== null && isFurther(there, memory)) return null;
    const known = there === null || isFirst ? there : { ...there, colleagues: memory.colleagues };
    if (known !== null && isSame(known, memory)) return null;
    return { put: new Map([[LOG_RECORD, encodeMemory(memory)]]) };
  });
  const mark = {
    peaks: memory.peaks,
    ...vaultOf(world),
    restored: memory.restored,
  };
  await session.store.put(markKey(world), encodeMark(mark));
};

const saySeen = async ({ world, now }: Step): Promise<void> => {
  const { crypto, newsroomId, memberNumber, own, today, roster } = world;
  const seen = {
    memberNumber,
    ...now.head,
    rosterNumber: roster.number,
    ...vaultOf(world),
    day: today,
  };
  const statement = signSeen(crypto, seen, { newsroomId, seed: own.identitySeed });
  await world.api.call("postSeen", { statement }, background);
};

/** Two ways to find the same are one sentence; of colleagues there is one for each name. */
const saidOnce = (findings: readonly Finding[]): readonly Finding[] => [
  ...new Map(findings.map((one) => [JSON.stringify(one), one])).values(),
];

/** Everything that needs the one story, once it is known to be the old one continued. */
const compare = async (step: Step, colleagues: readonly Uint8Array[]): Promise<Looked> => {
  const { session, world, told, known, now, read, news } = step;
  const { memory } = known;
  const seen = await checkColleagues(world, openAllSeen(world, colleagues), {
    now,
    marks: session.opened().colleagues ?? memory?.colleagues ?? [],
  });
  const leaves = await compareLeaves({ ...step, memory });
  const outside = await compareSourceSide(world, session.askOutside, now);
  const newKey = memory !== null && !equal(memory.logKey, told.evidence.logKey);
  const findings: readonly Finding[] = [
    ...leaves.findings,
    ...listFindings(session),
    ...(await vaultFindings(step)),
    ...(newKey ? [{ kind: "log-key" } as const] : []),
    ...outside.findings,
    ...seen.findings,
  ];
  const { signedHere, chain } = session.opened();
  const fresh = changesOf(world, news, { signedHere, keys: chain.keys() });
  await keep(session, world, {
    peaks: now.followed.peaks,
    logKey: memory?.logKey ?? told.evidence.logKey,
    ...leaves.kept,
    colleagues: seen.marks,
    changes: [...(memory?.changes ?? []), ...fresh],
    restored: eachOnce([...restoredIn(known), ...read.passed]),
  });
  await saySeen(step);
  return { findings: saidOnce(findings), compared: outside.compared, size: now.head.size };
};

const look = async (session: Session, world: World): Promise<Looked> => {
  const known = await remembered(session, world);
  const { toppedUp } = session.opened();
  const by = { session, world, toppedUp, shown: world.roster.number };
  // Before the head: what a colleague had seen by then must be in it.
  const { seen } = await world.api.call("seenList", null, background);
  const told = await askTold(world);
  const story = await readStory(session, told, known);
  if (typeof story !== "string") {
    await takeRestoredListOnly(session, story, known);
    // Whoever reads the log for the first time has everything still to learn, and nothing to compare it with.
    const news = known.memory === null ? [] : story.read.rosters;
    return compare({ ...by, known, ...story, news }, seen);
  }
  const taken = await takeRestored(session, told, known);
  if (taken === null) return alarm(story);
  const { known: begun, news } = taken;
  return compare({ ...by, known: begun, ...taken.story, news }, seen);
};

/** No answer at all, or none for this session: nothing is said of the log. */
const SILENT = new Set(["offline", "stopped", "session-locked", "not-logged-in"]);

/** Throws what ends a session, and "offline"; every other refusal, and an answer that is none of the log's, is a finding. */
export const lookAtLog = async (session: Session): Promise<Looked> => {
  try {
    return await look(session, session.world());
  } catch (error) {
    if (SILENT.has(codeOf(error))) throw error;
    return alarm("log-broken");
  }
};
