import { bytes, type Database } from "../database/database.ts";
import type { Secrets } from "../secrets/secrets.ts";

/**
 * A key that is made once and never changes, not even with SEALDROP_SECRET: a salt that changed on that day would tell
 * made-up names from real ones. It lies in the database, whose reader knows the real names anyway.
 */
export const findLastingKey = async (
  db: Database,
  secrets: Secrets,
  name: string,
): Promise<Uint8Array> => {
  const made = bytes(secrets.random(32));
  await db.lastingKey.createMany({ data: [{ name, bytes: made }], skipDuplicates: true });
  const row = await db.lastingKey.findUniqueOrThrow({ where: { name } });
  return row.bytes;
};
