import type pg from "pg";
import { type BlockRow, WRITERS } from "../../protocol/public/block.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { BLOCK_ROWS } from "../../protocol/public/limits.ts";

/** What a member's client reads: blocks for its inbox, bodies by id. Never which messages are whose. */
export type Span =
  /** Only what arrived before this. */
  | { readonly before: number }
  /** Only what arrived after this. */
  | { readonly after: number };

type Row = {
  readonly arrival: number;
  readonly day: number;
  readonly by: number;
  readonly header: Buffer;
  readonly body_hash: Buffer;
  readonly sealed_summary: Buffer;
  readonly bytes: Buffer | null;
  readonly wrap: Buffer | null;
};

// The wrap stands in for the slot: one of the two is sent. LATERAL with LIMIT is one look-up a row whatever the planner
// believes: its statistics are old just when many messages have come.
const block = (condition: string): string => `
  SELECT m.arrival, m.day, m.by, m.header, m.body_hash, m.sealed_summary, s.wrap,
    CASE WHEN s.wrap IS NULL THEN s.bytes END AS bytes
  FROM (
    SELECT arrival, day, by, header, body_hash, sealed_summary FROM message
    WHERE ${condition} ORDER BY arrival DESC LIMIT ${BLOCK_ROWS + 1}
  ) AS m LEFT JOIN LATERAL (
    SELECT wrap, bytes FROM slot WHERE member_number = $1 AND arrival = m.arrival LIMIT 1
  ) AS s ON true
  ORDER BY m.arrival DESC`;

// One bound each: with two, the planner without statistics expects few rows and sorts them all.
const BEFORE = block("arrival < $2");
const AFTER = block("arrival > $2");

const ownOf = (row: Row): BlockRow["own"] => {
  if (row.wrap !== null) return { kind: "wrap", bytes: row.wrap };
  if (row.bytes !== null) return { kind: "slot", bytes: row.bytes };
  return null;
};

export type BlockPage = { readonly rows: readonly BlockRow[]; readonly more: boolean };

/** The newest 256 of the span, newest first. */
export const readBlock = async (
  pool: pg.Pool,
  memberNumber: number,
  span: Span,
): Promise<BlockPage> => {
  const [sql, bound] = "before" in span ? [BEFORE, span.before] : [AFTER, span.after];
  const { rows } = await pool.query<Row>(sql, [memberNumber, bound]);
  return {
    rows: rows.slice(0, BLOCK_ROWS).map((row) => ({
      arrival: row.arrival,
      day: row.day,
      by: WRITERS[row.by] ?? "source",
      header: row.header,
      bodyHash: row.body_hash,
      sealedSummary: row.sealed_summary,
      own: ownOf(row),
    })),
    more: rows.length > BLOCK_ROWS,
  };
};

/** Null when there is none. Of two messages with one id, the first: the other's hash would not fit its row anyway. */
export const findBody = async (
  pool: pg.Pool,
  messageId: Uint8Array,
): Promise<Uint8Array | null> => {
  const { rows } = await pool.query<{ sealed_body: Buffer }>(
    "SELECT sealed_body FROM message WHERE message_id = $1 ORDER BY arrival LIMIT 1",
    [messageId],
  );
  return rows[0]?.sealed_body ?? null;
};

export type BodyPlace = {
  readonly arrival: number;
  readonly messageId: Buffer;
  readonly length: number;
};

/** The bodies of one conversation by place and length, oldest first; read one at a time by `findBodyAt`. */
export const listBodies = async (
  pool: pg.Pool,
  mailboxId: Uint8Array,
): Promise<readonly BodyPlace[]> => {
  const { rows } = await pool.query<BodyPlace>(
    `SELECT arrival, message_id AS "messageId", octet_length(sealed_body) AS length
     FROM message WHERE mailbox_id = $1 ORDER BY arrival LIMIT 65535`,
    [mailboxId],
  );
  return rows;
};

export const findBodyAt = async (pool: pg.Pool, arrival: number): Promise<Uint8Array | null> => {
  const { rows } = await pool.query<{ sealed_body: Buffer }>(
    "SELECT sealed_body FROM message WHERE arrival = $1",
    [arrival],
  );
  return rows[0]?.sealed_body ?? null;
};

/** The bodies of several conversations by place and length, oldest first. Throws too-large for more than `mostBytes`. */
export const listBodiesOf = async (
  pool: pg.Pool,
  mailboxIds: readonly Uint8Array[],
  mostBytes: number,
): Promise<readonly BodyPlace[]> => {
  const { rows } = await pool.query<BodyPlace>(
    `SELECT arrival, message_id AS "messageId", octet_length(sealed_body) AS length
     FROM message WHERE mailbox_id = ANY($1) ORDER BY arrival LIMIT 65535`,
    [mailboxIds],
  );
  if (rows.reduce((sum, { length }) => sum + length, 0) > mostBytes) {
    throw new SealdropError("too-large");
  }
  return rows;
};

/** By arrival; what was deleted meanwhile is not among them. */
export const findBodiesAt = async (
  pool: pg.Pool,
  arrivals: readonly number[],
): Promise<ReadonlyMap<number, Uint8Array>> => {
  const { rows } = await pool.query<{ arrival: number; sealed_body: Buffer }>(
    "SELECT arrival, sealed_body FROM message WHERE arrival = ANY($1)",
    [arrivals],
  );
  return new Map(rows.map((row) => [row.arrival, row.sealed_body]));
};
