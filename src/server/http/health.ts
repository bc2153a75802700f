import type { Router } from "express";
import type pg from "pg";
import { answers } from "../database/database.ts";
import { sendError, sendJson } from "./answers.ts";
import { createRouter } from "./app.ts";

/** 200 only when the database answers. */
export const createHealthRoute = (pool: pg.Pool): Router => {
  const router = createRouter();
  router.get("/healthz", async (_request, response) => {
    if (await answers(pool)) sendJson(response, { ok: true });
    else sendError(response, "database-away");
  });
  return router;
};
