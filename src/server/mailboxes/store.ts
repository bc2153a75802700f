import type pg from "pg";
import { type MailboxRow, WRITERS } from "../../protocol/public/block.ts";
import type { MailboxId } from "../../protocol/public/crypto.ts";
import { HEADER, SEALED_SUMMARY, SLOT } from "../../protocol/public/limits.ts";

/** An answer's bodies stay within this, so that one mailbox cannot take much memory; a page asks again for the rest. */
const ANSWER_LIMIT_BYTES = 8 * 1_048_576;
const ROW_BYTES = 4 + 4 + 1 + HEADER + SEALED_SUMMARY + 4 + SLOT;

type Row = {
  readonly arrival: number;
  readonly day: number;
  readonly by: number;
  readonly header: Buffer;
  readonly sealed_summary: Buffer;
  readonly sealed_body: Buffer;
  readonly source_slot: Buffer;
  readonly available: number;
};

// Lengths of bodies are known without reading them: those past the limit are never fetched.
const READ = `
  SELECT arrival, day, by, header, sealed_summary, sealed_body, source_slot, available
  FROM (
    SELECT *, count(*) OVER ()::int AS available,
      sum(octet_length(sealed_body) + ${ROW_BYTES}) OVER (ORDER BY arrival) AS total
    FROM message WHERE mailbox_id = $1 AND arrival > $2
  ) AS listed
  WHERE total <= ${ANSWER_LIMIT_BYTES}
  ORDER BY arrival`;

export type MailboxPage = { readonly rows: readonly MailboxRow[]; readonly more: boolean };

/** Messages of the mailbox after `after`, oldest first. Of an unknown mailbox: none, by the same query. */
export const readMailbox = async (
  pool: pg.Pool,
  mailboxId: MailboxId,
  after: number,
): Promise<MailboxPage> => {
  const { rows } = await pool.query<Row>(READ, [mailboxId, after]);
  return {
    rows: rows.map((row) => ({
      arrival: row.arrival,
      day: row.day,
      by: WRITERS[row.by] ?? "source",
      header: row.header,
      sealedSummary: row.sealed_summary,
      sealedBody: row.sealed_body,
      slot: row.source_slot,
    })),
    more: (rows[0]?.available ?? 0) > rows.length,
  };
};
