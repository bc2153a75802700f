import type { Response, Router } from "express";
import { SealdropError } from "../../protocol/public/errors.ts";
import { SETTINGS_LIMITS } from "../../protocol/public/settings.ts";
import * as api from "../../protocol/public/staff-api.ts";
import type { Database, Transaction } from "../database/database.ts";
import { lockRoster } from "../database/roster-lock.ts";
import { sendJson } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import { readJson } from "../http/input.ts";
import { isSetUp } from "./is-set-up.ts";
import type { SetupTokens } from "./setup-token.ts";

/** Stores newsroom and first admin, and says so in the audit trail, in one transaction; answers the admin's account id. */
export type Found = (tx: Transaction) => Promise<string>;

export type SetupParts = {
  readonly db: Database;
  readonly tokens: SetupTokens;
  /** Checks and hashes, before anything is locked. Throws codes of the protocol, wrong-login. */
  readonly prepare: (setup: api.Setup) => Promise<Found>;
  readonly enter: (response: Response, accountId: string) => Promise<void>;
  readonly sourceOrigins: readonly string[];
};

export const createSetupRoutes = (parts: SetupParts): Router => {
  const { db, tokens, prepare, enter, sourceOrigins } = parts;
  const checkToken = async (token: Uint8Array): Promise<void> => {
    if (await isSetUp(db)) throw new SealdropError("already-set-up");
    if (!(await tokens.holds(token))) throw new SealdropError("setup-link-void");
  };

  const router = createRouter();
  router.post("/api/setup/check", async (request, response) => {
    const { setupToken } = await readJson(request, api.SetupCheck);
    if (!(await tokens.holds(setupToken))) throw new SealdropError("setup-link-void");
    sendJson(response, { sourceOrigins: sourceOrigins.slice(0, SETTINGS_LIMITS.origins) });
  });
  router.post("/api/setup", async (request, response) => {
    const setup = await readJson(request, api.Setup);
    // Before the hashing, which nobody without the token may cause.
    await checkToken(setup.setupToken);
    const found = await prepare(setup);
    const accountId = await db.$transaction(async (tx) => {
      await lockRoster(tx, "exclusive");
      if (await isSetUp(tx)) throw new SealdropError("already-set-up");
      if (!(await tokens.use(tx, setup.setupToken))) throw new SealdropError("setup-link-void");
      return found(tx);
    });
    await enter(response, accountId);
  });
  return router;
};
