import { bytes, type Transaction } from "../database/database.ts";
import type { World } from "../http/world.ts";
import { isSetUp } from "./is-set-up.ts";

/** The one-time set-up link. Each start makes a new one, and only its hash is kept, so that any replica can check it. */
export type SetupTokens = {
  /** A new token, which voids the one before; null once the newsroom is set up. */
  issue(): Promise<Uint8Array | null>;
  holds(token: Uint8Array): Promise<boolean>;
  /** True once for each token. */
  use(tx: Transaction, token: Uint8Array): Promise<boolean>;
};

const ONE = 1;

type TokenWorld = Pick<World, "db" | "secrets">;

export const createSetupTokens = ({ db, secrets }: TokenWorld): SetupTokens => {
  const hashed = (token: Uint8Array) => bytes(secrets.hash("setup-token", token));
  const accepted = (token: Uint8Array) => secrets.hashes("setup-token", token).map(bytes);
  return {
    issue: async () => {
      if (await isSetUp(db)) return null;
      const token = secrets.random(32);
      const tokenHash = hashed(token);
      await db.setupToken.upsert({
        where: { id: ONE },
        create: { id: ONE, tokenHash },
        update: { tokenHash },
      });
      return token;
    },
    holds: async (token) => {
      const row = await db.setupToken.findUnique({ where: { id: ONE } });
      return row !== null && accepted(token).some((one) => secrets.equal(row.tokenHash, one));
    },
    use: async (tx, token) => {
      const where = { id: ONE, tokenHash: { in: accepted(token) } };
      return (await tx.setupToken.deleteMany({ where })).count === 1;
    },
  };
};
