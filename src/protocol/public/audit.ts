import { concat, readerOf, u8, u16, u32 } from "./bytes.ts";
import type { NewsroomId, PublicCrypto } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { hash } from "./labels.ts";
import { HASH } from "./limits.ts";

/**
 * The audit trail: lines of numbers only, each bound to the one before. docs/protocol.md §18. A line has no room for a text, so
 * nothing that somebody typed or wrote can get into it.
 */

/** Who sees what a line says: a colleague's sign-in is for its owner and the admins; the chain itself is for all. */
type Shape = {
  readonly code: number;
  readonly values: readonly string[];
  readonly seenBy: "members" | "admins";
};

/**
 * A new kind is one row here (its code never used before), a text `audit.kind.<kind>` in views/locales/newsroom.en.json,
 * `audit.append` in the transaction that does it, and a test that does it and expects the whole line.
 */
export const AUDIT_KINDS = {
  "set-up": { code: 1, values: [], seenBy: "members" },
  "logged-in": { code: 2, values: [], seenBy: "admins" },
  "recovery-used": { code: 3, values: [], seenBy: "admins" },
  "logged-out-everywhere": { code: 4, values: [], seenBy: "admins" },
  "passphrase-changed": { code: 5, values: [], seenBy: "admins" },
  /** Wrong tries at one member's name that were made to wait. */
  "tries-slowed": { code: 6, values: ["count"], seenBy: "admins" },
  /** The same at names that nobody has: how many names, not which. */
  "unknown-names-slowed": { code: 7, values: ["count"], seenBy: "admins" },
  "invite-made": { code: 8, values: [], seenBy: "members" },
  "invite-withdrawn": { code: 9, values: [], seenBy: "members" },
  "invite-answered": { code: 10, values: [], seenBy: "members" },
  "member-approved": { code: 11, values: [], seenBy: "members" },
  "member-left": { code: 12, values: [], seenBy: "members" },
  "member-stolen": { code: 13, values: [], seenBy: "members" },
  /** A new identity and static key in the roster; the old ones stay in it as *rotated*. */
  "member-keys-rotated": { code: 14, values: [], seenBy: "members" },
  "keys-published": { code: 15, values: ["count"], seenBy: "members" },
  "keys-rotated": { code: 16, values: ["generation"], seenBy: "members" },
  "keys-destroyed": { code: 17, values: ["count"], seenBy: "members" },
  "roster-signed": { code: 18, values: ["number"], seenBy: "members" },
  /** `changed` is the sum of 1 << i over the fields of `AUDIT_SETTINGS` that are others now. */
  "settings-changed": { code: 19, values: ["changed"], seenBy: "members" },
  "intake-paused": { code: 20, values: [], seenBy: "members" },
  "intake-resumed": { code: 21, values: [], seenBy: "members" },
  "ceilings-changed": { code: 22, values: [], seenBy: "members" },
  /** About sources: one line for a whole day, written after its end. */
  "messages-of-day": {
    code: 23,
    values: ["received", "written", "deletedBySources", "deletedByNewsroom"],
    seenBy: "members",
  },
  "retention-of-day": { code: 24, values: ["messages", "uploads"], seenBy: "members" },
  /** As `member-keys-rotated`, and the old keys may be in wrong hands. */
  "member-keys-stolen": { code: 25, values: [], seenBy: "members" },
  "member-keys-asked": { code: 26, values: [], seenBy: "members" },
  "member-keys-withdrawn": { code: 27, values: [], seenBy: "members" },
  "archive-rotated": { code: 28, values: [], seenBy: "members" },
  "archive-destroyed": { code: 29, values: [], seenBy: "members" },
  "hash-cost-raised": { code: 30, values: [], seenBy: "admins" },
  /** `count`: values that were sealed anew under the new one. */
  "server-secret-changed": { code: 31, values: ["count"], seenBy: "members" },
  /** `ordinal`: 1 for the newsroom's first change of its key. */
  "newsroom-key-rotated": { code: 32, values: ["ordinal"], seenBy: "members" },
  /** As that, by the newsroom words alone: the former key may be in other hands, or is lost. */
  "newsroom-key-stolen": { code: 33, values: ["ordinal"], seenBy: "members" },
  "rights-given": { code: 34, values: [], seenBy: "members" },
  "rights-taken": { code: 35, values: [], seenBy: "members" },
  "handover-asked": { code: 40, values: [], seenBy: "admins" },
  "handover-ended": { code: 41, values: [], seenBy: "admins" },
  "sessions-ended": { code: 60, values: [], seenBy: "admins" },
  "app-changed": { code: 61, values: [], seenBy: "admins" },
  "codes-made": { code: 62, values: [], seenBy: "admins" },
  "passkey-added": { code: 63, values: [], seenBy: "admins" },
  /** From then on it opens the vault without the passphrase. */
  "passkey-unlocks": { code: 64, values: [], seenBy: "admins" },
  "passkey-removed": { code: 65, values: [], seenBy: "admins" },
  "factor-reset-made": { code: 66, values: [], seenBy: "admins" },
  "factor-reset-withdrawn": { code: 67, values: [], seenBy: "admins" },
  "factor-reset-used": { code: 68, values: [], seenBy: "admins" },
  /** By recovery words alone. */
  "factor-reset-by-words": { code: 69, values: [], seenBy: "admins" },
  /** Shares of one's own recovery words; `needed` of `count` give them back. */
  "recovery-shares-made": { code: 70, values: ["needed", "count"], seenBy: "members" },
  "newsroom-shares-made": { code: 71, values: ["needed", "count"], seenBy: "members" },
  "shares-dropped": { code: 72, values: [], seenBy: "members" },
  /** The actor has given a share to whoever asks as the subject. */
  "recovery-share-given": { code: 73, values: [], seenBy: "members" },
  "recovery-request-dropped": { code: 74, values: [], seenBy: "members" },
  /** A backup was played in, says the actor: the key log goes on from `size`. */
  restored: { code: 75, values: ["size"], seenBy: "members" },
} as const satisfies Record<string, Shape>;

export type AuditKind = keyof typeof AUDIT_KINDS;

/** Order of the bits of `changed`; never reordered. */
export const AUDIT_SETTINGS = [
  "newsroomName",
  "pageTitle",
  "words",
  "otherContact",
  "leavingPage",
  "pauseSentence",
  "retentionDays",
  "longestAbsenceDays",
  "rosterDays",
  "sourceOrigins",
] as const;

type NameOf<Kind extends AuditKind> = (typeof AUDIT_KINDS)[Kind]["values"][number];
type ValuesOf<Kind extends AuditKind> = [NameOf<Kind>] extends [never]
  ? { readonly values?: never }
  : { readonly values: Readonly<Record<NameOf<Kind>, number>> };

/** What happened: who did it (null: the server, or somebody who is no member yet) and whom it is about. */
export type AuditEvent = {
  readonly [Kind in AuditKind]: {
    readonly kind: Kind;
    readonly actor: number | null;
    readonly subject?: number;
  } & ValuesOf<Kind>;
}[AuditKind];

type Fields = {
  /** 16 random bytes: who may see the hash only cannot try out what it is a hash of. */
  readonly salt: Uint8Array;
  readonly day: number;
  /** Of the day, UTC; null for what is said of a day as a whole. */
  readonly minute: number | null;
  readonly actor: number | null;
  readonly subject: number | null;
  /** In the order of `AUDIT_KINDS`. */
  readonly values: readonly number[];
};

export type AuditBody = Fields & { readonly kind: AuditKind };
/** A line as a database holds it, which may be anything if somebody has been at it. */
export type StoredAuditBody = Fields & { readonly code: number };

const SALT = 16;
const NO_MINUTE = 0xffff;
const NOBODY = 0;
const MOST_VALUES = 8;
export const MAX_AUDIT_BODY = 1 + SALT + 4 + 2 + 2 + 2 + 2 + 1 + MOST_VALUES * 4;

const KINDS = Object.entries(AUDIT_KINDS) as readonly (readonly [AuditKind, Shape])[];
const KIND_BY_CODE = new Map(KINDS.map(([kind, { code }]) => [code, kind]));

/** Null for a code that this version does not know. */
const auditKindOf = (code: number): AuditKind | null => KIND_BY_CODE.get(code) ?? null;

export const auditKindsSeenBy = (seenBy: Shape["seenBy"]): readonly AuditKind[] =>
  KINDS.filter(([, shape]) => shape.seenBy === seenBy).map(([kind]) => kind);

/** The values of an event in their order. */
export const auditValues = (event: AuditEvent): readonly number[] => {
  const given: Readonly<Record<string, number>> = event.values ?? {};
  const { values }: Shape = AUDIT_KINDS[event.kind];
  return values.map((name) => given[name] ?? 0);
};

const MOST_U16 = 0xffff;

const fits = ({ salt, day, minute, code, actor, subject, values }: StoredAuditBody): boolean =>
  salt.length === SALT &&
  values.length <= MOST_VALUES &&
  [day, ...values].every((value) => value >= 0) &&
  [minute, code, actor, subject].every(
    (value) => value === null || (value >= 0 && value <= MOST_U16),
  ) &&
  ![actor, subject].includes(NOBODY) &&
  minute !== NO_MINUTE;

/** Null for what no line can be: two different rows must never give the same bytes. */
export const encodeAuditBody = (body: StoredAuditBody): Uint8Array | null =>
  fits(body)
    ? concat([
        u8(1),
        body.salt,
        u32(body.day),
        u16(body.minute ?? NO_MINUTE),
        u16(body.code),
        u16(body.actor ?? NOBODY),
        u16(body.subject ?? NOBODY),
        u8(body.values.length),
        ...body.values.map(u32),
      ])
    : null;

const MINUTES = 1_440;

/** Throws bad-structure, also for a kind this version does not know. */
export const parseAuditBody = (bytes: Uint8Array): AuditBody => {
  const reader = readerOf(bytes);
  if (reader.u8() !== 1) throw new SealdropError("bad-structure");
  const salt = reader.bytes(SALT);
  const day = reader.u32();
  const minute = reader.u16();
  const kind = auditKindOf(reader.u16());
  const [actor, subject, count] = [reader.u16(), reader.u16(), reader.u8()];
  const wrongMinute = minute >= MINUTES && minute !== NO_MINUTE;
  if (kind === null || wrongMinute || count !== AUDIT_KINDS[kind].values.length) {
    throw new SealdropError("bad-structure");
  }
  const values = Array.from({ length: count }, () => reader.u32());
  reader.end();
  return {
    salt,
    day,
    minute: minute === NO_MINUTE ? null : minute,
    kind,
    actor: actor === NOBODY ? null : actor,
    subject: subject === NOBODY ? null : subject,
    values,
  };
};

export const auditBodyHash = (
  crypto: PublicCrypto,
  newsroomId: NewsroomId,
  body: Uint8Array,
): Uint8Array => hash(crypto, "audit-body", [newsroomId, body]);

/** A place in the chain: the line's number and its hash, which covers every line before it. */
export type AuditHead = { readonly number: number; readonly hash: Uint8Array };

/** Before the first line. */
export const NO_LINES: AuditHead = { number: 0, hash: new Uint8Array(HASH) };

/** The head after one line more. */
export const nextAuditHead = (
  crypto: PublicCrypto,
  newsroomId: NewsroomId,
  link: { readonly previous: AuditHead; readonly bodyHash: Uint8Array },
): AuditHead => {
  const number = link.previous.number + 1;
  const fields = [newsroomId, u32(number), link.previous.hash, link.bodyHash];
  return { number, hash: hash(crypto, "audit-line", fields) };
};
