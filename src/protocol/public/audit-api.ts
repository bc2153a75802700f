/** The audit trail, as the newsroom's listener carries it. docs/api.md. */
import * as z from "zod/mini";
import { MAX_AUDIT_BODY } from "./audit.ts";
import { bytes, count, whole } from "./json-shapes.ts";
import { HASH } from "./limits.ts";

export const AUDIT_LINES_A_PAGE = 100;
const MOST_KINDS = 200;
/** What the database keeps a kind's code in. */
const MOST_CODE = 0x7fff;

/** `before` 0 is the newest; `kinds` empty is all of them; `member` is who did it or whom it is about, 0 for the server's own. */
export const AuditQuery = z.strictObject({
  before: count,
  kinds: z.array(whole(0, MOST_CODE)).check(z.maxLength(MOST_KINDS)),
  member: z.nullable(count),
  fromDay: z.nullable(count),
  toDay: z.nullable(count),
});
/** Newest first. A line that was made unreadable in the database has no body. */
export const AuditPage = z.strictObject({
  lines: z.array(
    z.strictObject({
      number: count,
      body: z.nullable(bytes(1, MAX_AUDIT_BODY)),
      hash: bytes(0, HASH),
    }),
  ),
  more: z.boolean(),
});

export type AuditQuery = z.infer<typeof AuditQuery>;
export type AuditPage = z.infer<typeof AuditPage>;

export const auditRoutes = {
  /** Asked by POST so that what somebody looks for stands in no address. */
  auditPage: { method: "POST", path: "/api/audit/page", body: AuditQuery, answer: AuditPage },
} as const;
