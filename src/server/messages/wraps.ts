import { type Reader, readerOf } from "../../protocol/public/bytes.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { ID, MAX_WRAPS, WRAP } from "../../protocol/public/limits.ts";
import { lockArchiveKey, lockArchiveTurn } from "../database/archive-key.ts";
import type { Database, Transaction } from "../database/database.ts";
import { Prisma } from "../database/generated/client.ts";
import { afterGivingWay } from "../database/give-way.ts";

/** Archive wraps, one fixed length for every message tried, addressed or not. docs/protocol.md §12.3. */
export type Wrapped = { readonly messageId: Uint8Array; readonly wrap: Uint8Array };
export type WrapsPost = { readonly archiveKeyId: Uint8Array; readonly wraps: readonly Wrapped[] };

const readWraps = (reader: Reader): readonly Wrapped[] => {
  const count = reader.u16();
  if (count > MAX_WRAPS) throw new SealdropError("bad-structure");
  const wraps = Array.from({ length: count }, () => ({
    messageId: reader.bytes(ID),
    wrap: reader.bytes(WRAP),
  }));
  reader.end();
  return wraps;
};

export const MAX_WRAPS_POST = ID + 2 + MAX_WRAPS * (ID + WRAP);

export const parseWrapsPost = (input: Uint8Array): WrapsPost => {
  const reader = readerOf(input);
  return { archiveKeyId: reader.bytes(ID), wraps: readWraps(reader) };
};

export const parseWraps = (input: Uint8Array): readonly Wrapped[] => readWraps(readerOf(input));

type Columns = { readonly ids: Buffer[]; readonly wraps: Buffer[] };

export const columnsOf = (list: readonly Wrapped[]): Columns => ({
  ids: list.map(({ messageId }) => Buffer.from(messageId)),
  wraps: list.map(({ wrap }) => Buffer.from(wrap)),
});

/** In order of arrival, as deletions lock: two windows at work on the same messages do not wait for each other. */
const lockedSlots = (memberNumber: number, { ids }: Columns): Prisma.Sql => Prisma.sql`
  SELECT s.arrival, m.message_id FROM slot AS s JOIN message AS m USING (arrival)
  WHERE m.message_id = ANY(${ids}::bytea[]) AND s.member_number = ${memberNumber}::int
  ORDER BY s.arrival FOR UPDATE OF s`;

/** Which slots take the wrap, and that they count as tried under this turn of the archive key. */
type Placing = { readonly turn: number; readonly where: Prisma.Sql; readonly dropSlot?: boolean };

const placeWraps = (
  tx: Transaction,
  own: { readonly memberNumber: number; readonly wraps: readonly Wrapped[] },
  { turn, where, dropSlot = false }: Placing,
): Promise<number> => {
  const { memberNumber } = own;
  const columns = columnsOf(own.wraps);
  const dropped = dropSlot ? Prisma.sql`, bytes = NULL` : Prisma.empty;
  return tx.$executeRaw`
    WITH own AS (${lockedSlots(memberNumber, columns)})
    UPDATE slot AS s SET wrap = v.wrap, tried = true, archive_turn = ${turn}::int ${dropped}
    FROM own, unnest(${columns.ids}::bytea[], ${columns.wraps}::bytea[]) AS v(message_id, wrap)
    WHERE own.message_id = v.message_id AND s.arrival = own.arrival AND s.member_number = ${memberNumber}::int
      AND ${where}`;
};

/** While the slot is there a wrap may be replaced, so that a mistake can be repaired; a removed copy does not come back. */
export const storeWraps = async (
  db: Database,
  memberNumber: number,
  { archiveKeyId, wraps }: WrapsPost,
): Promise<void> => {
  await afterGivingWay(() =>
    db.$transaction(async (tx) => {
      const turn = await lockArchiveKey(tx, memberNumber, archiveKeyId);
      await placeWraps(tx, { memberNumber, wraps }, { turn, where: SLOT_THERE });
    }),
  );
};

/**
 * Only what still stands under an archive key before: whatever was stored since, by another window or because a copy was removed,
 * is newer than what this wrap was made from.
 */
export const replaceWraps = async (
  db: Database,
  memberNumber: number,
  { archiveKeyId, wraps }: WrapsPost,
): Promise<void> => {
  await afterGivingWay(() =>
    db.$transaction(async (tx) => {
      const turn = await lockArchiveKey(tx, memberNumber, archiveKeyId);
      const where = Prisma.sql`s.wrap IS NOT NULL AND s.archive_turn < ${turn}::int`;
      await placeWraps(tx, { memberNumber, wraps }, { turn, where });
    }),
  );
};

/** The member's own slot goes, and a random wrap takes the place of the real one: it looks like any other. */
export const removeCopies = async (
  db: Database,
  memberNumber: number,
  wraps: readonly Wrapped[],
): Promise<void> => {
  await afterGivingWay(() =>
    db.$transaction(async (tx) => {
      const turn = await lockArchiveTurn(tx, memberNumber);
      const placing = { turn, where: ANY, dropSlot: true };
      await placeWraps(tx, { memberNumber, wraps }, placing);
    }),
  );
};

const SLOT_THERE = Prisma.sql`s.bytes IS NOT NULL`;
const ANY = Prisma.sql`true`;
