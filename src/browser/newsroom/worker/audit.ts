import {
  AUDIT_KINDS,
  AUDIT_SETTINGS,
  type AuditBody,
  type AuditKind,
  NO_LINES,
  parseAuditBody,
} from "../../../protocol/public/audit.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import type { CallContext } from "../../kit/worker-rpc.ts";
import { createTicks, readAnchors } from "./audit-anchors.ts";
import { type AuditReport, checkTrail } from "./audit-chain.ts";
import { exportHead, exportLine } from "./audit-export.ts";
import { isWhole, keepSeen, watchTrail, witnessesOf } from "./audit-witness.ts";
import type { Session } from "./session.ts";
import { tell } from "./tell.ts";
import type { World } from "./world.ts";

/** The audit page: what happened, by the server's word until *verify* has recomputed it. */

export type AuditFilter = {
  readonly before: number;
  /** Null: all. */
  readonly kind: AuditKind | null;
  /** Null: all; 0: what the server did by itself. */
  readonly member: number | null;
  readonly fromDay: number | null;
  readonly toDay: number | null;
};

export type AuditLineShown = {
  readonly number: number;
  /** Null: the row cannot be read any more. */
  readonly said: {
    readonly kind: AuditKind;
    readonly day: number;
    readonly minute: number | null;
    readonly actor: string | null;
    readonly subject: string | null;
    readonly values: Readonly<Record<string, number>>;
    /** Names of settings, for `settings-changed`. */
    readonly settings: readonly string[];
  } | null;
};

export type AuditPageShown = { readonly lines: readonly AuditLineShown[]; readonly more: boolean };

export type AuditProgress = { readonly done: number; readonly last: number };

export type AuditVerdict = {
  readonly whole: boolean;
  readonly checked: number;
  readonly altered: readonly number[];
  readonly missing: readonly number[];
  readonly contradicted: readonly { readonly by: string; readonly number: number }[];
  /** Days of anchors in the key log that fit no line any more; null: the log is not the one that was followed. */
  readonly unanchored: readonly number[] | null;
  readonly anchors: number;
  /** The newest line that was known before, by this vault or browser. */
  readonly knownBefore: number | null;
};

const nameOf = (world: World, member: number | null): string | null => {
  if (member === null) return null;
  const known = world.roster.entries.find((entry) => entry.memberNumber === member);
  return known?.name ?? `#${member}`;
};

const settingsOf = (kind: AuditKind, values: readonly number[]): readonly string[] => {
  const [bits = 0] = values;
  if (kind !== "settings-changed") return [];
  return AUDIT_SETTINGS.filter((_, index) => ((bits >> index) & 1) === 1);
};

const saidOf = (world: World, body: AuditBody): AuditLineShown["said"] => {
  const { kind, day, minute, values } = body;
  const names: readonly string[] = AUDIT_KINDS[kind].values;
  return {
    kind,
    day,
    minute,
    actor: nameOf(world, body.actor),
    subject: nameOf(world, body.subject),
    values: Object.fromEntries(names.map((name, index) => [name, values[index] ?? 0])),
    settings: settingsOf(kind, values),
  };
};

const lineOf = (world: World, line: { number: number; body: Uint8Array | null }) => {
  try {
    const body = line.body === null ? null : parseAuditBody(line.body);
    return { number: line.number, said: body === null ? null : saidOf(world, body) };
  } catch (error) {
    if (!(error instanceof SealdropError)) throw error;
    return { number: line.number, said: null };
  }
};

const numbersOf = (report: AuditReport, what: "altered" | "missing"): readonly number[] =>
  report.faults.filter((fault) => fault.what === what).map(({ number }) => number);

export const auditFunctions = (session: Session) => {
  session.onOpen(() => {
    // Whatever keeps it from looking now (a broken line), the next unlock looks again.
    watchTrail(session).catch(() => undefined);
  });

  return {
    auditPage: async (filter: AuditFilter): Promise<AuditPageShown> => {
      const world = session.world();
      const { kind, ...rest } = filter;
      const kinds = kind === null ? [] : [AUDIT_KINDS[kind].code];
      const page = await world.api.call("auditPage", { ...rest, kinds });
      return { lines: page.lines.map((line) => lineOf(world, line)), more: page.more };
    },

    /** Recomputes all of it. What fits is what this member has seen from now on. */
    verifyAudit: async (_: undefined, context: CallContext): Promise<AuditVerdict> => {
      const world = session.world();
      const witnesses = await witnessesOf(world, session.store);
      const told = (done: number, last: number): void =>
        context.progress({ done, last } satisfies AuditProgress);
      // Before the trail: what is anchored by now is in the lines that come next.
      const anchors = await readAnchors(world);
      const ticks = createTicks(anchors ?? []);
      const report = await checkTrail(world, {
        from: NO_LINES,
        witnesses,
        background: false,
        told,
        take: ({ hash }) => ticks.see(hash),
      });
      const unanchored = anchors === null ? null : ticks.left();
      const whole = isWhole(report) && unanchored?.length === 0;
      if (whole) await keepSeen(session, report.head, "both");
      session.opened().auditAltered = !whole;
      tell(session);
      return {
        whole,
        checked: report.checked,
        altered: numbersOf(report, "altered"),
        missing: numbersOf(report, "missing"),
        contradicted: report.contradicted.map(({ by, number }) => ({ by, number })),
        unanchored,
        anchors: anchors?.length ?? 0,
        knownBefore: witnesses.length === 0 ? null : Math.max(...witnesses.map((w) => w.number)),
      };
    },

    /** The member knows why the trail is another than before (a backup was restored): from now on this one counts. */
    acceptAudit: async (): Promise<void> => {
      const world = session.world();
      const check = { from: NO_LINES, witnesses: [], background: false };
      const { head } = await checkTrail(world, check);
      await keepSeen(session, head, "both");
      session.opened().auditAltered = false;
      tell(session);
    },

    /** The whole trail whatever the filter says, as lines of JSON: in part it could not be verified. */
    exportAudit: async (_: undefined, context: CallContext): Promise<Blob> => {
      const world = session.world();
      const lines: string[] = [];
      const report = await checkTrail(world, {
        from: NO_LINES,
        witnesses: [],
        background: false,
        told: (done, last) => context.progress({ done, last } satisfies AuditProgress),
        take: (link) => lines.push(exportLine(link)),
      });
      return new Blob([exportHead(world, report.head), ...lines], { type: "application/jsonl" });
    },
  };
};
