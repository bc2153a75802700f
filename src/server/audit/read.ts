import {
  AUDIT_KINDS,
  auditBodyHash,
  auditKindsSeenBy,
  encodeAuditBody,
  type StoredAuditBody,
} from "../../protocol/public/audit.ts";
import {
  AUDIT_LINES_A_PAGE,
  type AuditPage,
  type AuditQuery,
} from "../../protocol/public/audit-api.ts";
import {
  AUDIT_LINKS_A_PAGE,
  type AuditLink,
  type AuditLinks,
} from "../../protocol/public/audit-chain.ts";
import type { NewsroomId, PublicCrypto } from "../../protocol/public/crypto.ts";
import { HASH } from "../../protocol/public/limits.ts";
import type { Database } from "../database/database.ts";
import type { Prisma } from "../database/generated/client.ts";
import type { Member } from "../http/guards.ts";

/** Reading the trail: a page of what somebody may see, and the whole chain for whoever recomputes it. */

type Row = Prisma.AuditLineGetPayload<Record<never, never>>;

const storedBody = (row: Row): StoredAuditBody => ({ ...row, code: row.kind });

const OPEN_CODES = auditKindsSeenBy("members").map((kind) => AUDIT_KINDS[kind].code);
const openCodes: ReadonlySet<number> = new Set(OPEN_CODES);

const isSeenBy = (row: Row, { role, memberNumber }: Member): boolean =>
  role === "admin" ||
  openCodes.has(row.kind) ||
  row.actor === memberNumber ||
  row.subject === memberNumber;

const seenBy = ({ role, memberNumber }: Member): Prisma.AuditLineWhereInput =>
  role === "admin"
    ? {}
    : {
        OR: [{ kind: { in: OPEN_CODES } }, { actor: memberNumber }, { subject: memberNumber }],
      };

const about = (member: number | null): Prisma.AuditLineWhereInput => {
  if (member === null) return {};
  return member === 0 ? { actor: null } : { OR: [{ actor: member }, { subject: member }] };
};

const whereOf = (query: AuditQuery, reader: Member): Prisma.AuditLineWhereInput => ({
  AND: [
    seenBy(reader),
    about(query.member),
    // Below it is nothing that we wrote.
    { number: { gt: 0 } },
    query.before === 0 ? {} : { number: { lt: query.before } },
    query.kinds.length === 0 ? {} : { kind: { in: [...query.kinds] } },
    query.fromDay === null ? {} : { day: { gte: query.fromDay } },
    query.toDay === null ? {} : { day: { lte: query.toDay } },
  ],
});

const ABSENT = new Uint8Array(HASH);
/** A hash of another length was not written by us: it is shown as none that fits. */
const hashOf = (row: Pick<Row, "hash">): Uint8Array =>
  row.hash.length === HASH ? row.hash : ABSENT;

export type AuditReader = {
  page(query: AuditQuery, reader: Member): Promise<AuditPage>;
  /** The lines after that number, oldest first. */
  links(after: number, reader: Member): Promise<AuditLinks>;
};

type ReadWorld = {
  readonly db: Database;
  readonly crypto: PublicCrypto;
  readonly newsroomId: () => Promise<NewsroomId>;
};

export const createAuditReader = ({ db, crypto, newsroomId }: ReadWorld): AuditReader => {
  const linkOf = (id: NewsroomId, row: Row, reader: Member): AuditLink => {
    const body = encodeAuditBody(storedBody(row));
    const bodyHash = body === null ? ABSENT : auditBodyHash(crypto, id, body);
    const shown = isSeenBy(row, reader) ? body : null;
    return { number: row.number, body: shown, bodyHash, hash: hashOf(row) };
  };

  return {
    page: async (query, reader) => {
      const rows = await db.auditLine.findMany({
        where: whereOf(query, reader),
        orderBy: { number: "desc" },
        take: AUDIT_LINES_A_PAGE + 1,
      });
      const lines = rows.slice(0, AUDIT_LINES_A_PAGE).map((row) => ({
        number: row.number,
        body: encodeAuditBody(storedBody(row)),
        hash: hashOf(row),
      }));
      return { lines, more: rows.length > AUDIT_LINES_A_PAGE };
    },
    links: async (after, reader) => {
      const id = await newsroomId();
      const select = { number: true, hash: true } as const;
      const from = await db.auditLine.findUnique({ where: { number: after }, select });
      const rows = await db.auditLine.findMany({
        where: { number: { gt: after } },
        orderBy: { number: "asc" },
        take: AUDIT_LINKS_A_PAGE,
      });
      const newest = await db.auditLine.findFirst({ orderBy: { number: "desc" }, select });
      return {
        from: from === null ? null : hashOf(from),
        last: newest?.number ?? 0,
        links: rows.map((row) => linkOf(id, row, reader)),
      };
    },
  };
};
