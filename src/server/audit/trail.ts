import {
  AUDIT_KINDS,
  type AuditEvent,
  type AuditHead,
  auditBodyHash,
  auditValues,
  encodeAuditBody,
  NO_LINES,
  nextAuditHead,
} from "../../protocol/public/audit.ts";
import type { NewsroomId } from "../../protocol/public/crypto.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { openNewsroomCreated } from "../../protocol/public/statement.ts";
import { bytes, type Transaction } from "../database/database.ts";
import type { Audit } from "../http/audit.ts";
import { dayOf, type World } from "../http/world.ts";

/** The one place where lines are made: one after the other, whichever process adds them. docs/protocol.md §18.2. */

/** Any number that no other advisory lock of this database uses. */
const AUDIT_LOCK = 7_418;
const SALT = 16;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** When a line says that something was: now, or a day as a whole. */
type AuditTime = { readonly day: number; readonly minute: number | null };

export type Trail = Audit & {
  /** For what is said of a whole day, after its end. */
  appendOfDay(tx: Transaction, day: number, events: readonly AuditEvent[]): Promise<void>;
};

const lockTrail = async (tx: Transaction): Promise<void> => {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${AUDIT_LOCK}::bigint)`;
};

/** From this transaction, since set-up writes its line before anybody else can see a newsroom. */
const newsroomIdIn = async (tx: Transaction, world: TrailWorld): Promise<NewsroomId> => {
  const row = await tx.newsroomStatement.findFirst({ orderBy: { ordinal: "asc" } });
  if (row === null) throw new SealdropError("not-set-up");
  return openNewsroomCreated(world.crypto, row.statement).newsroomId;
};

const headIn = async (tx: Transaction): Promise<AuditHead> => {
  const select = { number: true, hash: true } as const;
  return (await tx.auditLine.findFirst({ orderBy: { number: "desc" }, select })) ?? NO_LINES;
};

type TrailWorld = Pick<World, "crypto" | "secrets" | "now">;

export const createTrail = (world: TrailWorld): Trail => {
  const { crypto, secrets, now } = world;

  const lineOf = (
    newsroomId: NewsroomId,
    event: AuditEvent,
    place: { readonly previous: AuditHead; readonly time: AuditTime },
  ) => {
    const fields = {
      salt: bytes(secrets.random(SALT)),
      ...place.time,
      actor: event.actor,
      subject: event.subject ?? null,
      values: [...auditValues(event)],
    };
    const { code } = AUDIT_KINDS[event.kind];
    const body = encodeAuditBody({ ...fields, code });
    if (body === null) throw new SealdropError("internal");
    const bodyHash = auditBodyHash(crypto, newsroomId, body);
    const head = nextAuditHead(crypto, newsroomId, { previous: place.previous, bodyHash });
    return { ...fields, kind: code, number: head.number, hash: bytes(head.hash) };
  };

  const appendAt = async (
    tx: Transaction,
    time: AuditTime,
    events: readonly AuditEvent[],
  ): Promise<void> => {
    if (events.length === 0) return;
    await lockTrail(tx);
    const newsroomId = await newsroomIdIn(tx, world);
    let previous = await headIn(tx);
    const data = events.map((event) => {
      const line = lineOf(newsroomId, event, { previous, time });
      previous = line;
      return line;
    });
    await tx.auditLine.createMany({ data });
  };

  return {
    append: (tx, ...events) => {
      const at = now();
      const minute = Math.floor((at.getTime() % DAY_MS) / MINUTE_MS);
      return appendAt(tx, { day: dayOf(at), minute }, events);
    },
    appendOfDay: (tx, day, events) => appendAt(tx, { day, minute: null }, events),
  };
};
