import type pg from "pg";
import { encodeMailboxRow, WRITERS } from "../../protocol/public/block.ts";
import { u8, u32 } from "../../protocol/public/bytes.ts";
import type { MailboxId } from "../../protocol/public/crypto.ts";
import { HEADER, SEALED_SUMMARY, SLOT } from "../../protocol/public/limits.ts";

/** An answer's bodies stay within this, so that one mailbox cannot take much memory; a page asks again for the rest. */
const ANSWER_LIMIT_BYTES = 8 * 1_048_576;
const ROW_BYTES = 4 + 4 + 1 + HEADER + SEALED_SUMMARY + 4 + SLOT;

type Place = { readonly arrival: number; readonly bytes: number; readonly available: number };

// Lengths of bodies are known without reading them.
const LIST = `
  SELECT arrival, bytes, available FROM (
    SELECT arrival, octet_length(sealed_body) + ${ROW_BYTES} AS bytes, count(*) OVER ()::int AS available,
      sum(octet_length(sealed_body) + ${ROW_BYTES}) OVER (ORDER BY arrival) AS total
    FROM message WHERE mailbox_id = $1 AND arrival > $2
  ) AS listed
  WHERE total <= ${ANSWER_LIMIT_BYTES}
  ORDER BY arrival`;

type Row = {
  readonly arrival: number;
  readonly day: number;
  readonly by: number;
  readonly header: Buffer;
  readonly sealed_summary: Buffer;
  readonly sealed_body: Buffer;
  readonly source_slot: Buffer;
};

const READ = `
  SELECT arrival, day, by, header, sealed_summary, sealed_body, source_slot
  FROM message WHERE arrival = $1`;

const findPiece = async (pool: pg.Pool, arrival: number): Promise<Uint8Array | null> => {
  const row = (await pool.query<Row>(READ, [arrival])).rows[0];
  if (row === undefined) return null;
  return encodeMailboxRow({
    arrival: row.arrival,
    day: row.day,
    by: WRITERS[row.by] ?? "source",
    header: row.header,
    sealedSummary: row.sealed_summary,
    sealedBody: row.sealed_body,
    slot: row.source_slot,
  });
};

async function* piecesOf(pool: pg.Pool, places: readonly Place[]) {
  yield u32(places.length);
  for (const { arrival } of places) yield findPiece(pool, arrival);
  yield u8((places[0]?.available ?? 0) > places.length ? 1 : 0);
}

export type MailboxPage = {
  /** Of the whole answer, in bytes. */
  readonly length: number;
  /** One message at a time; null where it was deleted meanwhile. */
  readonly pieces: AsyncIterable<Uint8Array | null>;
};

/** The *mailbox answer* after `after`, oldest first. Of an unknown mailbox: an empty one, by the same query. */
export const readMailbox = async (
  pool: pg.Pool,
  mailboxId: MailboxId,
  after: number,
): Promise<MailboxPage> => {
  const { rows } = await pool.query<Place>(LIST, [mailboxId, after]);
  const length = rows.reduce((sum, { bytes }) => sum + bytes, 4 + 1);
  return { length, pieces: piecesOf(pool, rows) };
};
