import type pg from "pg";
import { HEADER, SEALED_SUMMARY, SLOT } from "../../protocol/public/limits.ts";
import type { Database } from "./database.ts";

/** How much may be stored, as an admin has set it. Bytes. */
export type Ceilings = {
  /** Of everything. */
  readonly ceilingBytes: number;
  /** Of parts of files that no message has claimed yet. */
  readonly unclaimedBytes: number;
  /** Kept free of files, so that words always find room. */
  readonly textReserveBytes: number;
};

const GIB = 1_073_741_824;
export const DEFAULT_CEILINGS: Ceilings = {
  ceilingBytes: 100 * GIB,
  unclaimedBytes: 20 * GIB,
  textReserveBytes: GIB,
};

export const readCeilings = async (db: Database): Promise<Ceilings> => {
  const row = await db.intakeCeilings.findFirst();
  if (row === null) return DEFAULT_CEILINGS;
  return {
    ceilingBytes: Number(row.ceilingBytes),
    unclaimedBytes: Number(row.unclaimedBytes),
    textReserveBytes: Number(row.textReserveBytes),
  };
};

export type StoredBytes = { readonly usedBytes: number; readonly unclaimedUsedBytes: number };

// Lengths of values kept out of line are known without reading them.
const MEASURE = `
  SELECT
    (SELECT coalesce(sum(size), 0) FROM upload_part)::float8 AS parts,
    (SELECT coalesce(sum(p.size), 0) FROM upload_part AS p JOIN upload AS u USING (upload_id)
      WHERE u.arrival IS NULL)::float8 AS unclaimed,
    (SELECT coalesce(sum(octet_length(sealed_body) + ${HEADER + SEALED_SUMMARY + SLOT}), 0)
      FROM message)::float8 AS texts,
    (SELECT count(*) * ${SLOT} FROM slot)::float8 AS slots,
    (SELECT coalesce(sum(octet_length(bytes)), 0) FROM letter)::float8 AS letters`;

type Row = Readonly<Record<"parts" | "unclaimed" | "texts" | "slots" | "letters", number>>;

export const measureStoredBytes = async (pool: pg.Pool): Promise<StoredBytes> => {
  const row = (await pool.query<Row>(MEASURE)).rows[0];
  if (row === undefined) return { usedBytes: 0, unclaimedUsedBytes: 0 };
  const { parts, texts, slots, letters, unclaimed } = row;
  return { usedBytes: parts + texts + slots + letters, unclaimedUsedBytes: unclaimed };
};
