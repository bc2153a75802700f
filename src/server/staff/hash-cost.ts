import type { Router } from "express";
import { SealdropError } from "../../protocol/public/errors.ts";
import { HashCostRaise } from "../../protocol/public/hash-cost-api.ts";
import { checkSession } from "../database/check-session.ts";
import { bytes, type Database } from "../database/database.ts";
import { sendNothing, sendWait } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Audit } from "../http/audit.ts";
import type { Guards, StaffSession } from "../http/guards.ts";
import { readJson } from "../http/input.ts";
import type { Hashing } from "./hashing.ts";
import type { Login } from "./login.ts";

/** A passphrase that its owner's browser stretches further from now on. The vault key stays, so sessions and other doors do too. */
type HashCostWorld = {
  readonly db: Database;
  readonly audit: Audit;
  readonly guards: Guards;
  readonly hashing: Hashing;
  readonly login: Login;
};

/**
 * All in one row and one statement: whoever is interrupted has the old parameters with the old keys, or the new with the new.
 * Throws vault-changed when another wrapped key stands there, or when the parameters would sink; not-logged-in.
 */
const store = async (
  { db, hashing, audit }: HashCostWorld,
  session: StaffSession,
  raise: HashCostRaise,
): Promise<void> => {
  const authHash = await hashing.hash(raise.newAuthKey);
  const stronger = {
    where: {
      id: session.accountId,
      wrappedKey: bytes(raise.expectWrappedKey),
      memoryKib: { lte: raise.memoryKiB },
      passes: { lte: raise.passes },
    },
    data: {
      salt: bytes(raise.salt),
      memoryKib: raise.memoryKiB,
      passes: raise.passes,
      authHash,
      wrappedKey: bytes(raise.wrappedKey),
    },
  };
  await db.$transaction(async (tx) => {
    if ((await tx.account.updateMany(stronger)).count !== 1) {
      throw new SealdropError("vault-changed");
    }
    await checkSession(tx, session);
    await audit.append(tx, { kind: "hash-cost-raised", actor: session.memberNumber });
  });
};

export const createHashCostRoute = (world: HashCostWorld): Router => {
  const router = createRouter();
  router.post("/api/account/hash-cost", async (request, response) => {
    const session = await world.guards.session(request);
    const raise = await readJson(request, HashCostRaise);
    const verdict = await world.login.confirm(session.accountId, "passphrase", raise.authKey);
    if ("waitSeconds" in verdict) {
      sendWait(response, verdict.waitSeconds);
      return;
    }
    await store(world, session, raise);
    sendNothing(response);
  });
  return router;
};
