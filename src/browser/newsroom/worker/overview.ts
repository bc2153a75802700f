import { exposedTo } from "./key-holders.ts";
import { type RunningOut, runningOutFor } from "./key-watch.ts";
import { reachableUntil } from "./messaging-keys.ts";
import { isRenewalDue, newsroomSeed } from "./newsroom-key.ts";
import { findPending, stateOf } from "./pending-rotation.ts";
import type { Session } from "./session.ts";
import type { World } from "./world.ts";

/** What the desk's state line and warnings say. */
export type Warning =
  | "audit-altered"
  | "clock"
  | "foreign-key"
  | "handover-asked"
  | "intake-paused"
  | "keys-end"
  | "newsroom-key-known"
  | "newsroom-key-missing"
  | "newsroom-key-unfinished"
  | "newsroom-sheet-void"
  | "recovery-asked"
  | "roster-contradicted"
  | "roster-lapsed"
  | "roster-lapses"
  | "roster-unconfirmed"
  | "source-origin";

export type Overview = {
  readonly newsroomName: string;
  /** Negative when it has lapsed. */
  readonly rosterDaysLeft: number;
  readonly publishedUntilDay: number | null;
  readonly signs: boolean;
  /** Where the server says that sources reach it. */
  readonly sourceOrigin: string;
  /** Of whom `keys-end` warns. */
  readonly runningOut: readonly RunningOut[];
  readonly handoverAskedDay: number | null;
  /** Who knows the newsroom's key and should not any more. */
  readonly keyKnownTo: readonly string[];
  readonly warnings: readonly Warning[];
};

const LAPSE_WARNING_DAYS = 7;

const trustWarning = (session: Session): readonly Warning[] => {
  const { trust, world } = session.opened();
  if (trust === "contradicted") return ["roster-contradicted"];
  return trust === "unknown" && newsroomSeed(world) !== null ? ["roster-unconfirmed"] : [];
};

/** Not before it could have been renewed: a list for seven days would warn all its life. */
const lapseWarning = (session: Session, daysLeft: number): readonly Warning[] => {
  const { roster, today } = session.world();
  if (daysLeft < 0) return ["roster-lapsed"];
  const soon = daysLeft <= LAPSE_WARNING_DAYS && isRenewalDue(roster, today);
  return soon ? ["roster-lapses"] : [];
};

/** At an address that the settings do not name, the source's page warns of a copy. */
const isSignedOrigin = ({ settings, me }: World): boolean =>
  settings.sourceOrigins.length === 0 || settings.sourceOrigins.includes(me.sourceOrigin);

const keyWarnings = (session: Session): readonly Warning[] => {
  const opened = session.opened();
  const { world } = opened;
  const pending = findPending(world);
  const state = pending === null ? null : stateOf(opened, pending);
  if (state === "open") return ["newsroom-key-unfinished"];
  if (state === "void") return ["newsroom-sheet-void"];
  const holds = newsroomSeed(world) !== null;
  if (holds) return exposedTo(world).length > 0 ? ["newsroom-key-known"] : [];
  return world.me.role === "admin" ? ["newsroom-key-missing"] : [];
};

export const overviewOf = (session: Session): Overview => {
  const { world, foreignKey, auditAltered, handoverAskedDay, recoveryAsked } = session.opened();
  const ending = runningOutFor(session);
  const daysLeft = world.roster.validUntilDay - world.today;
  const warnings: readonly Warning[] = [
    ...keyWarnings(session),
    ...trustWarning(session),
    ...(recoveryAsked > 0 ? (["recovery-asked"] as const) : []),
    ...(auditAltered ? (["audit-altered"] as const) : []),
    ...lapseWarning(session, daysLeft),
    ...(handoverAskedDay === null ? [] : (["handover-asked"] as const)),
    ...(world.clockAgrees ? [] : (["clock"] as const)),
    ...(foreignKey ? (["foreign-key"] as const) : []),
    ...(ending.length === 0 ? [] : (["keys-end"] as const)),
    ...(isSignedOrigin(world) ? [] : (["source-origin"] as const)),
    ...(world.settings.pauseSentence === "" ? [] : (["intake-paused"] as const)),
  ];
  return {
    newsroomName: world.settings.newsroomName,
    rosterDaysLeft: daysLeft,
    publishedUntilDay: reachableUntil(world),
    signs: newsroomSeed(world) !== null,
    sourceOrigin: world.me.sourceOrigin,
    runningOut: ending,
    handoverAskedDay,
    keyKnownTo: newsroomSeed(world) === null ? [] : exposedTo(world),
    warnings,
  };
};
