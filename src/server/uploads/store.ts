import type pg from "pg";
import type { MailboxId, UploadId } from "../../protocol/public/crypto.ts";
import { SealdropError } from "../../protocol/public/errors.ts";

/** Parts of sealed files, straight through the pool: Prisma's way for bytes would grow the process by hundreds of megabytes. */
export type UploadOwner = {
  readonly uploadId: UploadId;
  readonly mailboxId: MailboxId;
  readonly partCount: number;
};

export type PartPlace = "missing" | "stored";

type Uploads = {
  /** Starts the upload where it is new. Throws upload-conflict when it is another's, of another size, or claimed. */
  place(owner: UploadOwner, index: number): Promise<PartPlace>;
  store(owner: UploadOwner, index: number, bytes: Uint8Array): Promise<void>;
  held(mailboxId: MailboxId, uploadId: UploadId): Promise<HeldParts>;
  remove(mailboxId: MailboxId, uploadId: UploadId): Promise<void>;
  /** A part of a claimed upload, or null. */
  find(uploadId: Uint8Array, index: number): Promise<Uint8Array | null>;
};

export type HeldParts = { readonly partCount: number; readonly indexes: readonly number[] };

type UploadRow = {
  readonly mailbox_id: Buffer;
  readonly part_count: number;
  readonly arrival: number | null;
  readonly stored: boolean;
};

const FIND = `
  SELECT mailbox_id, part_count, arrival,
    EXISTS (SELECT 1 FROM upload_part AS p WHERE p.upload_id = u.upload_id AND p.index = $2) AS stored
  FROM upload AS u WHERE upload_id = $1`;

const START = `
  INSERT INTO upload (upload_id, mailbox_id, part_count, started_day)
  VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`;

// First stored wins. Only an upload that is still open takes parts: a claim may have come in between.
const STORE = `
  INSERT INTO upload_part (upload_id, index, size, bytes)
  SELECT upload_id, $2::int, $3::int, $4::bytea FROM upload
  WHERE upload_id = $1 AND arrival IS NULL
  ON CONFLICT DO NOTHING`;

const HELD = `
  SELECT part_count, array_remove(array_agg(index), NULL) AS indexes
  FROM upload LEFT JOIN upload_part USING (upload_id)
  WHERE upload_id = $1 AND mailbox_id = $2 GROUP BY part_count`;

const REMOVE = "DELETE FROM upload WHERE upload_id = $1 AND mailbox_id = $2 AND arrival IS NULL";

const READ = `
  SELECT bytes FROM upload_part JOIN upload USING (upload_id)
  WHERE upload_id = $1 AND index = $2 AND arrival IS NOT NULL`;

export const createUploads = (pool: pg.Pool, today: () => number): Uploads => {
  const find = async (uploadId: UploadId, index: number): Promise<UploadRow | null> =>
    (await pool.query<UploadRow>(FIND, [uploadId, index])).rows[0] ?? null;

  const start = async (owner: UploadOwner): Promise<void> => {
    await pool.query(START, [owner.uploadId, owner.mailboxId, owner.partCount, today()]);
  };

  const findOrStart = async (owner: UploadOwner, index: number): Promise<UploadRow | null> => {
    const found = await find(owner.uploadId, index);
    if (found !== null) return found;
    await start(owner);
    return find(owner.uploadId, index);
  };

  return {
    place: async (owner, index) => {
      const row = await findOrStart(owner, index);
      const own = row?.part_count === owner.partCount && row.mailbox_id.equals(owner.mailboxId);
      if (!own) throw new SealdropError("upload-conflict");
      if (row.stored) return "stored";
      if (row.arrival !== null) throw new SealdropError("upload-conflict");
      return "missing";
    },
    store: async ({ uploadId }, index, bytes) => {
      await pool.query(STORE, [uploadId, index, bytes.length, bytes]);
    },
    held: async (mailboxId, uploadId) => {
      const { rows } = await pool.query<{ part_count: number; indexes: number[] }>(HELD, [
        uploadId,
        mailboxId,
      ]);
      return { partCount: rows[0]?.part_count ?? 0, indexes: rows[0]?.indexes ?? [] };
    },
    remove: async (mailboxId, uploadId) => {
      await pool.query(REMOVE, [uploadId, mailboxId]);
    },
    find: async (uploadId, index) => {
      const { rows } = await pool.query<{ bytes: Buffer }>(READ, [uploadId, index]);
      return rows[0]?.bytes ?? null;
    },
  };
};
