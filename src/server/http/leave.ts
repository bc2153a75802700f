import type { Router } from "express";
import { sendNothing } from "./answers.ts";
import { createRouter } from "./app.ts";

/**
 * Asked by the source's page as it leaves. Nothing was stored; this says so to the browser. Not "cookies": that would reach
 * the cookies of the newsroom's whole domain, and a reader who is suddenly logged out there wonders why.
 */
export const createLeaveRoute = (): Router => {
  const router = createRouter();
  router.post("/api/leave", (_request, response) => {
    response.setHeader("Clear-Site-Data", '"cache", "storage"');
    sendNothing(response);
  });
  return router;
};
