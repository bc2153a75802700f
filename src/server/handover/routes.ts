import type { Router } from "express";
import * as z from "zod/mini";
import * as api from "../../protocol/public/handover-api.ts";
import { sendJson, sendNothing } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Audit } from "../http/audit.ts";
import type { Guards } from "../http/guards.ts";
import { MAX_INT, readWhole } from "../http/input.ts";
import type { World } from "../http/world.ts";
import { createHandovers } from "./handover.ts";

type HandoverWorld = Pick<World, "db" | "now"> & { readonly audit: Audit };

export const createHandoverRoutes = (world: HandoverWorld, guards: Guards): Router => {
  const handovers = createHandovers(world);
  const router = createRouter();
  router.get("/api/handover", async (request, response) => {
    const member = await guards.member(request);
    sendJson(response, z.encode(api.Handover, await handovers.state(member)));
  });
  router.post("/api/handover/:id", async (request, response) => {
    const admin = await guards.admin(request);
    await handovers.ask(admin, readWhole(request.params["id"], MAX_INT));
    sendNothing(response);
  });
  router.delete("/api/handover/:id", async (request, response) => {
    const member = await guards.member(request);
    await handovers.end(member, readWhole(request.params["id"], MAX_INT));
    sendNothing(response);
  });
  return router;
};
