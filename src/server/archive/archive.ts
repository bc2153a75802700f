import type pg from "pg";
import type { FormerWrap } from "../../protocol/public/archive-page.ts";
import { equal } from "../../protocol/public/bytes.ts";
import type { HeaderHash } from "../../protocol/public/crypto.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import {
  type ArchiveState,
  type ArchiveSwitch,
  MOST_FORMER_ARCHIVES,
} from "../../protocol/public/lasting-keys-api.ts";
import { MAX_WRAPS } from "../../protocol/public/limits.ts";
import { lockMember } from "../database/archive-key.ts";
import { bytes, type Transaction } from "../database/database.ts";
import { isUnopened } from "../database/member-slots.ts";
import type { Audit } from "../http/audit.ts";
import type { World } from "../http/world.ts";

/** A member's archive keys by their ids, and what still stands under the ones before. docs/protocol.md §12.5. */
export type Archives = {
  state(memberNumber: number): Promise<ArchiveState>;
  /** From now on wraps are taken under `to` only; the same again is no fault. Throws vault-changed, too-large, forbidden for who has just left. */
  switchTo(memberNumber: number, change: ArchiveSwitch): Promise<void>;
  /** Newest first, those that arrived before. Throws vault-changed when `keyId` is not the present one. */
  waiting(memberNumber: number, from: WaitingFrom): Promise<readonly FormerWrap[]>;
  /** The member has destroyed a former one. Throws vault-changed while something stands under it. */
  destroyed(memberNumber: number, keyId: Uint8Array): Promise<void>;
};

export type WaitingFrom = { readonly keyId: Uint8Array; readonly before: number };

type Counted = { readonly turn: number; readonly wraps: number };

const countWraps = async (tx: Transaction, memberNumber: number) => {
  const rows = await tx.$queryRaw<Counted[]>`
    SELECT archive_turn AS turn, count(*)::int AS wraps FROM slot
    WHERE member_number = ${memberNumber}::int AND wrap IS NOT NULL GROUP BY archive_turn`;
  return new Map(rows.map(({ turn, wraps }) => [turn, wraps]));
};

const countUntried = (tx: Transaction, memberNumber: number) =>
  tx.$queryRaw<ArchiveState["untried"]>`
    SELECT generation, count(*)::int AS slots FROM slot
    WHERE member_number = ${memberNumber}::int AND ${isUnopened}
    GROUP BY generation ORDER BY generation`;

type Present = { readonly turn: number; readonly keyId: Uint8Array };

/** Exclusive: whoever is storing a wrap has finished, and the next one finds the new key. */
const lockPresent = async (tx: Transaction, memberNumber: number): Promise<Present | null> => {
  const [row] = await tx.$queryRaw<Present[]>`
    SELECT turn, key_id AS "keyId" FROM archive_key
    WHERE member_number = ${memberNumber}::int FOR UPDATE`;
  return row ?? null;
};

const moveTo = async (
  tx: Transaction,
  memberNumber: number,
  { turn, keyId, to }: Present & { readonly to: Uint8Array },
): Promise<void> => {
  const former = await tx.formerArchiveKey.findMany({ where: { memberNumber } });
  if (former.some((one) => equal(one.keyId, to))) throw new SealdropError("vault-changed");
  if (former.length >= MOST_FORMER_ARCHIVES) throw new SealdropError("too-large");
  await tx.formerArchiveKey.createMany({ data: [{ memberNumber, turn, keyId: bytes(keyId) }] });
  await tx.archiveKey.updateMany({
    where: { memberNumber },
    data: { keyId: bytes(to), turn: turn + 1 },
  });
};

// The slots first, so that a message is looked up only for those that are sent.
const WAITING = `
  SELECT s.arrival, m.message_id AS "messageId", m.header_hash AS "headerHash", s.key_id AS "keyId", s.wrap
  FROM (
    SELECT slot.arrival, slot.wrap, former.key_id
    FROM archive_key AS present
    JOIN slot ON slot.member_number = present.member_number AND slot.archive_turn < present.turn
    JOIN former_archive_key AS former
      ON former.member_number = slot.member_number AND former.turn = slot.archive_turn
    WHERE present.member_number = $1 AND slot.wrap IS NOT NULL AND slot.arrival < $2
    ORDER BY slot.arrival DESC LIMIT ${MAX_WRAPS}
  ) AS s JOIN message AS m USING (arrival) ORDER BY s.arrival DESC`;

type WaitingRow = Omit<FormerWrap, "headerHash"> & { readonly headerHash: Buffer };

const readWaiting = async (pool: pg.Pool, memberNumber: number, before: number) => {
  const { rows } = await pool.query<WaitingRow>(WAITING, [memberNumber, before]);
  return rows.map((row) => ({ ...row, headerHash: row.headerHash as Uint8Array as HeaderHash }));
};

const isFree = async (tx: Transaction, memberNumber: number, turn: number): Promise<boolean> => {
  const where = { memberNumber, archiveTurn: turn, wrap: { not: null } };
  return (await tx.slot.findFirst({ where, select: { arrival: true } })) === null;
};

type ArchiveWorld = Pick<World, "db" | "pool"> & { readonly audit: Audit };

export const createArchives = ({ db, pool, audit }: ArchiveWorld): Archives => ({
  state: (memberNumber) =>
    db.$transaction(
      async (tx) => {
        const present = await tx.archiveKey.findUnique({ where: { memberNumber } });
        const former = await tx.formerArchiveKey.findMany({
          where: { memberNumber },
          orderBy: { turn: "asc" },
        });
        const wraps = await countWraps(tx, memberNumber);
        return {
          keyId: present?.keyId ?? null,
          wraps: wraps.get(present?.turn ?? 0) ?? 0,
          former: former.map(({ keyId, turn }) => ({ keyId, left: wraps.get(turn) ?? 0 })),
          untried: [...(await countUntried(tx, memberNumber))],
        };
      },
      // One picture: keys are destroyed by what it says.
      { isolationLevel: "RepeatableRead" },
    ),
  switchTo: (memberNumber, { from, to }) =>
    db.$transaction(async (tx) => {
      await lockMember(tx, memberNumber);
      const data = { memberNumber, keyId: bytes(from) };
      await tx.archiveKey.createMany({ data, skipDuplicates: true });
      const present = await lockPresent(tx, memberNumber);
      if (present === null) throw new SealdropError("vault-changed");
      if (equal(present.keyId, to)) return;
      if (!equal(present.keyId, from)) throw new SealdropError("vault-changed");
      await moveTo(tx, memberNumber, { ...present, to });
      await audit.append(tx, { kind: "archive-rotated", actor: memberNumber });
    }),
  waiting: async (memberNumber, { keyId, before }) => {
    const present = await db.archiveKey.findUnique({ where: { memberNumber } });
    if (present === null || !equal(present.keyId, keyId)) throw new SealdropError("vault-changed");
    return readWaiting(pool, memberNumber, before);
  },
  destroyed: (memberNumber, keyId) =>
    db.$transaction(async (tx) => {
      const where = { memberNumber, keyId: bytes(keyId) };
      const row = await tx.formerArchiveKey.findFirst({ where });
      if (row === null) return;
      if (!(await isFree(tx, memberNumber, row.turn))) throw new SealdropError("vault-changed");
      const gone = { memberNumber, turn: row.turn };
      const { count } = await tx.formerArchiveKey.deleteMany({ where: gone });
      if (count === 0) return;
      await audit.append(tx, { kind: "archive-destroyed", actor: memberNumber });
    }),
});
