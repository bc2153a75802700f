import type { Transaction } from "./database.ts";
import type { KeyPeriod } from "./member-slots.ts";

/** Published keys that go, and what is remembered of them: whose, which period, how it ended, the day. Never the key. */

/** The private halves are gone, says their owner. Answers how many were published; one that was not is no part of the picture. */
export const endDestroyedKeys = async (
  tx: Transaction,
  owner: { readonly memberNumber: number; readonly day: number },
  keys: readonly KeyPeriod[],
): Promise<number> => {
  const generations = keys.map(({ generation }) => generation);
  const periods = keys.map(({ period }) => period);
  const [answer] = await tx.$queryRaw<{ readonly count: number }[]>`
    WITH gone AS (
      DELETE FROM messaging_key
      USING unnest(${generations}::int[], ${periods}::int[]) AS named (generation, period)
      WHERE member_number = ${owner.memberNumber}::int
        AND messaging_key.generation = named.generation AND messaging_key.period = named.period
      RETURNING member_number, messaging_key.generation, messaging_key.period),
    kept AS (
      INSERT INTO past_key (member_number, generation, period, ending, day)
      SELECT member_number, generation, period, 'destroyed', ${owner.day}::int FROM gone
      ON CONFLICT DO NOTHING)
    SELECT count(*)::int AS count FROM gone`;
  return answer?.count ?? 0;
};

/** Nobody came for them in the longest absence. */
export const endAbandonedKeys = async (
  tx: Transaction,
  { newestPeriod, day }: { readonly newestPeriod: number; readonly day: number },
): Promise<void> => {
  await tx.$executeRaw`
    WITH gone AS (
      DELETE FROM messaging_key WHERE period <= ${newestPeriod}::int
      RETURNING member_number, generation, period)
    INSERT INTO past_key (member_number, generation, period, ending, day)
    SELECT member_number, generation, period, 'dropped', ${day}::int FROM gone
    ON CONFLICT DO NOTHING`;
};

/** Whoever left has no line in the picture. */
export const dropMembersKeys = async (
  tx: Transaction,
  memberNumbers: readonly number[],
): Promise<void> => {
  const where = { memberNumber: { in: [...memberNumbers] } };
  await tx.messagingKey.deleteMany({ where });
  await tx.pastKey.deleteMany({ where });
};
