import type { Router } from "express";
import * as z from "zod/mini";
import * as api from "../../protocol/public/staff-api.ts";
import type { Database } from "../database/database.ts";
import { sendJson } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Guards } from "../http/guards.ts";

/** Who has an account, and the day each last unlocked it: whoever stays away is not offered to sources. */
export const createPeopleRoute = (db: Database, guards: Guards): Router => {
  const router = createRouter();
  router.get("/api/people", async (request, response) => {
    await guards.member(request);
    const rows = await db.account.findMany({
      select: { memberNumber: true, userName: true, role: true, lastUnlockDay: true },
      orderBy: { userName: "asc" },
    });
    const people = rows.map((row) => ({ ...row, role: api.Role.parse(row.role) }));
    sendJson(response, z.encode(api.People, { people }));
  });
  return router;
};
