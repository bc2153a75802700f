import type { Router } from "express";
import * as z from "zod/mini";
import { SealdropError } from "../../protocol/public/errors.ts";
import * as api from "../../protocol/public/staff-api.ts";
import type { Transaction } from "../database/database.ts";
import { measureStoredBytes, readCeilings } from "../database/stored-bytes.ts";
import { sendJson, sendNothing } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Audit } from "../http/audit.ts";
import type { Guards } from "../http/guards.ts";
import { readJson } from "../http/input.ts";
import type { World } from "../http/world.ts";

const ONE = 1;

const storeCeilings = async (tx: Transaction, ceilings: api.IntakePost): Promise<void> => {
  const data = {
    ceilingBytes: BigInt(ceilings.ceilingBytes),
    unclaimedBytes: BigInt(ceilings.unclaimedBytes),
    textReserveBytes: BigInt(ceilings.textReserveBytes),
  };
  await tx.intakeCeilings.upsert({
    where: { id: ONE },
    create: { id: ONE, ...data },
    update: data,
    select: { id: true },
  });
};

/** How much may be stored, as an admin sees and sets it. */
export const createIntakeRoutes = (
  { db, pool, audit }: Pick<World, "db" | "pool"> & { readonly audit: Audit },
  guards: Guards,
): Router => {
  const router = createRouter();
  router.get("/api/intake", async (request, response) => {
    await guards.admin(request);
    const intake = { ...(await readCeilings(db)), ...(await measureStoredBytes(pool)) };
    sendJson(response, z.encode(api.Intake, intake));
  });
  router.post("/api/intake", async (request, response) => {
    const { memberNumber } = await guards.admin(request);
    const wanted = await readJson(request, api.IntakePost);
    // Part of the whole: a reserve above the ceiling would refuse every file without saying why.
    if (Math.max(wanted.unclaimedBytes, wanted.textReserveBytes) > wanted.ceilingBytes) {
      throw new SealdropError("bad-request");
    }
    await db.$transaction(async (tx) => {
      await storeCeilings(tx, wanted);
      await audit.append(tx, { kind: "ceilings-changed", actor: memberNumber });
    });
    sendNothing(response);
  });
  return router;
};
