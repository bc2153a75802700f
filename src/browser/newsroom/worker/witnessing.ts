import { codeOf } from "../../kit/code-error.ts";
import type { Session } from "./session.ts";
import { tell as tellOverview } from "./tell.ts";
import type { Finding, FindingKind, ReadingFinding } from "./witness/finding.ts";
import {
  type Change,
  type ChangeKind,
  encodeMemory,
  LOG_RECORD,
  NOBODY,
  parseMemory,
} from "./witness/memory.ts";
import { sayRestored } from "./witness/restoring.ts";
import { type Looked, lookAtLog } from "./witness/witness.ts";
import type { World } from "./world.ts";

/** What the page is told of the key log: in the background after each unlock, and now and then while the desk is open. */

/** The name is empty where it is the newsroom's own key that changed. */
export type ShownChange = { readonly kind: ChangeKind; readonly name: string };

export type Witnessed = {
  readonly findings: readonly Finding[];
  readonly changes: readonly ShownChange[];
  /** Null until the first look is over: the line may be gone. */
  readonly looked: Pick<Looked, "compared" | "size"> | null;
};

const AGAIN_MS = 600_000;

const changesIn = (world: World): readonly Change[] =>
  parseMemory(world.records.get(LOG_RECORD))?.changes ?? [];

/** The same twice is one. */
const nameOf = ({ kind, memberNumber, rosterNumber }: Change): string =>
  [kind, memberNumber, rosterNumber].join(" ");

const shownChanges = (world: World): readonly ShownChange[] =>
  changesIn(world).flatMap(({ kind, memberNumber }): readonly ShownChange[] => {
    if (memberNumber === NOBODY) return [{ kind, name: "" }];
    const entry = world.roster.entries.findLast((one) => one.memberNumber === memberNumber);
    return entry === undefined ? [] : [{ kind, name: entry.name }];
  });

/** Said of a leaf, which is read once: even after a remedy it stays on the page while the desk is open. */
const OF_LEAVES: FindingKind = "foreign-key";

/** What a statement of restoring explains. */
const SET_BACK: readonly FindingKind[] = ["shrunk", "fork", "list-gone"];

const withLeaves = (before: Looked | null, now: Looked): Looked => {
  const isOfLeaves = ({ kind }: Finding): boolean => kind === OF_LEAVES;
  if (now.findings.some(isOfLeaves)) return now;
  const kept = (before?.findings ?? []).filter(isOfLeaves);
  return { ...now, findings: [...kept, ...now.findings] };
};

export const witnessFunctions = (session: Session) => {
  const raised = new Set<ReadingFinding>();
  let looked: Looked | null = null;
  let looking: Promise<void> | null = null;

  const witnessed = (): Witnessed => ({
    findings: [...(looked?.findings ?? []), ...[...raised].map((kind) => ({ kind }))],
    changes: shownChanges(session.world()),
    looked: looked === null ? null : { compared: looked.compared, size: looked.size },
  });
  const tell = (): void => session.emit({ kind: "witnessed", witnessed: witnessed() });

  session.raise = (finding) => {
    if (raised.has(finding)) return;
    raised.add(finding);
    tell();
  };

  const lookOnce = async (): Promise<void> => {
    try {
      looked = withLeaves(looked, await lookAtLog(session));
    } catch (error) {
      // No line, or the session is over: the next look says more. What was found before stays on the page.
      if (codeOf(error) === "session-locked" || codeOf(error) === "not-logged-in") {
        session.emit({ kind: "locked" });
        return;
      }
    }
    tell();
  };
  const look = (): Promise<void> => {
    looking ??= lookOnce().finally(() => {
      looking = null;
    });
    return looking;
  };

  session.lookAgain = () => {
    // What is being looked at now may be from before.
    void (looking ?? Promise.resolve()).then(look);
  };
  session.onOpen(() => {
    void look();
    session.repeat(AGAIN_MS, () => void look());
  });

  return {
    witnessed,
    /** An admin says under the newsroom key that a backup was played in. Throws forbidden without that key. */
    sayRestored: async (): Promise<void> => {
      await sayRestored(session);
      await look();
      // The same backup played in twice on one day: the same statement, and spent. Of the tree that holds it now it is another one.
      if (looked?.findings.some(({ kind }) => SET_BACK.includes(kind)) === true) {
        await sayRestored(session);
        await look();
      }
      tellOverview(session);
    },
    /** Settled once the log has been looked at, now. */
    lookAtLog: async (): Promise<Witnessed> => {
      await look();
      return witnessed();
    },
    /** The member has read who was added, changed or retired; what another browser has found since stays to be read. */
    acknowledgeChanges: async (): Promise<void> => {
      const read = new Set(changesIn(session.world()).map(nameOf));
      await session.world().records.change((records) => {
        const memory = parseMemory(records.get(LOG_RECORD) ?? null);
        const changes = memory?.changes.filter((one) => !read.has(nameOf(one))) ?? [];
        if (memory === null || changes.length === memory.changes.length) return null;
        return { put: new Map([[LOG_RECORD, encodeMemory({ ...memory, changes })]]) };
      });
      tell();
    },
  };
};
