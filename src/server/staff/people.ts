import type { Router } from "express";
import * as z from "zod/mini";
import { RolePost } from "../../protocol/public/rotation-api.ts";
import * as api from "../../protocol/public/staff-api.ts";
import type { Database } from "../database/database.ts";
import { sendJson, sendNothing } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Guards } from "../http/guards.ts";
import { readJson } from "../http/input.ts";
import type { Roles } from "./roles.ts";

/** Who has an account, and the day each last unlocked it: whoever stays away is not offered to sources. */
export const createPeopleRoutes = (db: Database, guards: Guards, roles: Roles): Router => {
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
  router.post("/api/people/role", async (request, response) => {
    const by = await guards.admin(request);
    await roles.set(by, await readJson(request, RolePost));
    sendNothing(response);
  });
  return router;
};
