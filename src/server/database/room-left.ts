import { statfs } from "node:fs";
import { promisify } from "node:util";
import type pg from "pg";
import { SealdropError } from "../../protocol/public/errors.ts";
import type { Database } from "./database.ts";
import {
  type Ceilings,
  measureStoredBytes,
  readCeilings,
  type StoredBytes,
} from "./stored-bytes.ts";

/**
 * Whether there is room. Measured every few seconds at most and counted on in between: a ceiling is a limit of the
 * order of gigabytes, and a row of its own for the sum would make all uploads wait for each other.
 */
export type RoomLeft = {
  /** Throws no-room-for-files. */
  takeForPart(bytes: number): Promise<void>;
  /** Throws no-room: files leave the reserve to texts. */
  takeForText(bytes: number): Promise<void>;
};

export type RoomWorld = {
  readonly db: Database;
  readonly pool: pg.Pool;
  readonly now: () => Date;
  /** Folder whose disk the database shares; null when it is elsewhere. */
  readonly diskFolder: string | null;
};

type Measured = {
  readonly ceilings: Ceilings;
  readonly stored: StoredBytes;
  readonly freeBytes: number;
};

const FRESH_MILLISECONDS = 2_000;
/** A measurement that took long is kept longer: measuring is a fiftieth of the work at most. */
const FRESH_FACTOR = 50;

const freeBytesOf = async (folder: string | null): Promise<number> => {
  if (folder === null) return Number.POSITIVE_INFINITY;
  const { bavail, bsize } = await promisify(statfs)(folder);
  return bavail * bsize;
};

export const createRoomLeft = ({ db, pool, now, diskFolder }: RoomWorld): RoomLeft => {
  let measured: Promise<Measured> | null = null;
  let measuredAt = 0;
  let freshFor = FRESH_MILLISECONDS;
  let taken = 0;

  const measure = async (): Promise<Measured> => {
    const started = performance.now();
    const ceilings = await readCeilings(db);
    const stored = await measureStoredBytes(pool);
    const freeBytes = await freeBytesOf(diskFolder);
    freshFor = Math.max(FRESH_MILLISECONDS, (performance.now() - started) * FRESH_FACTOR);
    return { ceilings, stored, freeBytes };
  };

  const current = (): Promise<Measured> => {
    const at = now().getTime();
    if (measured === null || Math.abs(at - measuredAt) > freshFor) {
      measuredAt = at;
      taken = 0;
      measured = measure();
      // A failed measurement is not kept.
      measured.catch(() => {
        measured = null;
      });
    }
    return measured;
  };

  return {
    takeForPart: async (bytes) => {
      const { ceilings, stored, freeBytes } = await current();
      const { ceilingBytes, unclaimedBytes, textReserveBytes } = ceilings;
      const more = taken + bytes;
      const fits =
        stored.usedBytes + more <= ceilingBytes - textReserveBytes &&
        stored.unclaimedUsedBytes + more <= unclaimedBytes &&
        more <= freeBytes - textReserveBytes;
      if (!fits) throw new SealdropError("no-room-for-files");
      taken = more;
    },
    takeForText: async (bytes) => {
      const { ceilings, stored } = await current();
      if (stored.usedBytes + taken + bytes > ceilings.ceilingBytes) {
        throw new SealdropError("no-room");
      }
      taken += bytes;
    },
  };
};
