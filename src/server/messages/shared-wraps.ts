import { lockArchiveKey } from "../database/archive-key.ts";
import type { Database, Transaction } from "../database/database.ts";
import { afterGivingWay } from "../database/give-way.ts";
import { columnsOf, type WrapsPost } from "./wraps.ts";

/**
 * Wraps of history that a colleague has shared: also for messages from before the member's time, of which it has no slot. The
 * server learns for which messages that was; of the share itself it knows anyway. docs/protocol.md §15.1.
 */

/** In order of arrival, as deletions lock. A slot that is there stays until its period's key goes. */
const upsert = async (
  tx: Transaction,
  { memberNumber, turn }: { readonly memberNumber: number; readonly turn: number },
  { wraps }: WrapsPost,
): Promise<void> => {
  const { ids, wraps: sealed } = columnsOf(wraps);
  await tx.$executeRaw`
    INSERT INTO slot (member_number, arrival, period, generation, wrap, tried, archive_turn)
    SELECT ${memberNumber}::int, m.arrival, m.period, 0, v.wrap, true, ${turn}::int
    FROM (
      SELECT arrival, message_id, period FROM message
      WHERE message_id = ANY(${ids}::bytea[]) ORDER BY arrival FOR KEY SHARE
    ) AS m JOIN (
      SELECT DISTINCT ON (message_id) message_id, wrap
      FROM unnest(${ids}::bytea[], ${sealed}::bytea[]) AS given(message_id, wrap)
    ) AS v USING (message_id)
    ORDER BY m.arrival
    ON CONFLICT (member_number, arrival) DO UPDATE
      SET wrap = excluded.wrap, tried = true, archive_turn = excluded.archive_turn`;
};

const TRANSACTION = { maxWait: 20_000, timeout: 60_000 };

/** Safe to repeat. Throws vault-changed for another archive key than the member's, forbidden for who has just left. */
export const storeSharedWraps = (
  db: Database,
  memberNumber: number,
  post: WrapsPost,
): Promise<void> =>
  afterGivingWay(() =>
    db.$transaction(async (tx) => {
      const turn = await lockArchiveKey(tx, memberNumber, post.archiveKeyId);
      await upsert(tx, { memberNumber, turn }, post);
    }, TRANSACTION),
  );
