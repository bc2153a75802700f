import { AUDIT_SETTINGS, type AuditEvent } from "../../protocol/public/audit.ts";
import { equal } from "../../protocol/public/bytes.ts";
import { currentMembers, type Roster, type RosterEntry } from "../../protocol/public/roster.ts";
import { parseSettings, type Settings } from "../../protocol/public/settings.ts";

/** What a new roster did, as lines for the audit trail: who came, who left, whose keys are others, which settings. */
export type SeenRoster = { readonly roster: Roster; readonly settings: Uint8Array };

type Change = { readonly before: RosterEntry | undefined; readonly after: RosterEntry };

const changesOf = (before: Roster, after: Roster): readonly Change[] =>
  after.entries.map((entry) => ({
    before: before.entries.find((one) => equal(one.identity, entry.identity)),
    after: entry,
  }));

const isNewMember = (roster: Roster, entry: RosterEntry): boolean =>
  !roster.entries.some(({ memberNumber }) => memberNumber === entry.memberNumber);

/** An entry's new state: of the member, or of keys that the member has replaced by new ones. */
const stateLine = (actor: number, after: RosterEntry, stays: boolean): AuditEvent | null => {
  const subject = after.memberNumber;
  switch (after.state) {
    case "current":
      return null;
    case "rotated":
      return { kind: "member-keys-rotated", actor, subject };
    case "left":
      return { kind: "member-left", actor, subject };
    case "stolen":
      return { kind: stays ? "member-keys-stolen" : "member-stolen", actor, subject };
  }
};

const entryLines = (
  actor: number,
  { before, after }: Change,
  { roster, next }: { readonly roster: Roster; readonly next: Roster },
): readonly (AuditEvent | null)[] => {
  const subject = after.memberNumber;
  if (before === undefined) {
    return isNewMember(roster, after) ? [{ kind: "member-approved", actor, subject }] : [];
  }
  const stays = currentMembers(next).some(({ memberNumber }) => memberNumber === subject);
  const rotated = after.state === "current" && after.generation > before.generation;
  return [
    before.state === after.state ? null : stateLine(actor, after, stays),
    rotated
      ? { kind: "keys-rotated", actor, subject, values: { generation: after.generation } }
      : null,
  ];
};

const asText = (value: Settings[(typeof AUDIT_SETTINGS)[number]]): string =>
  JSON.stringify(value instanceof Map ? [...value] : value);

const changedBits = (before: Settings, after: Settings): number =>
  AUDIT_SETTINGS.reduce(
    (bits, name, index) =>
      asText(before[name]) === asText(after[name]) ? bits : bits + 2 ** index,
    0,
  );

const settingsLines = (
  actor: number,
  before: Settings,
  after: Settings,
): readonly (AuditEvent | null)[] => {
  const changed = changedBits(before, after);
  const [paused, pausedNow] = [before.pauseSentence !== "", after.pauseSentence !== ""];
  const kind = pausedNow ? "intake-paused" : "intake-resumed";
  return [
    changed === 0 ? null : { kind: "settings-changed", actor, values: { changed } },
    paused === pausedNow ? null : { kind, actor },
  ];
};

/** A member's former keys change with the present ones: one deed, one line. */
const oncePerMember = (lines: readonly AuditEvent[]): readonly AuditEvent[] =>
  lines.filter(
    ({ kind, subject }, at) =>
      lines.findIndex((one) => one.kind === kind && one.subject === subject) === at,
  );

/** A roster that changed nothing but its dates is one line; any other says what it changed, and that it was signed. */
export const rosterLines = (
  actor: number,
  before: SeenRoster,
  after: SeenRoster,
): readonly AuditEvent[] => {
  const lines = [
    ...changesOf(before.roster, after.roster).flatMap((change) =>
      entryLines(actor, change, { roster: before.roster, next: after.roster }),
    ),
    ...settingsLines(actor, parseSettings(before.settings), parseSettings(after.settings)),
    { kind: "roster-signed", actor, values: { number: after.roster.number } } as const,
  ];
  return oncePerMember(lines.filter((line) => line !== null));
};
