import type { Router } from "express";
import * as z from "zod/mini";
import * as api from "../../protocol/public/audit-api.ts";
import { encodeAuditLinks } from "../../protocol/public/audit-chain.ts";
import { createNewsroomId } from "../database/newsroom-id.ts";
import { sendBytes, sendJson } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Guards } from "../http/guards.ts";
import { MAX_INT, readJson, readWhole } from "../http/input.ts";
import type { World } from "../http/world.ts";
import { createAuditReader } from "./read.ts";

export const createAuditRoutes = (world: Pick<World, "db" | "crypto">, guards: Guards): Router => {
  const { db, crypto } = world;
  const reader = createAuditReader({ db, crypto, newsroomId: createNewsroomId(db, crypto) });
  const router = createRouter();
  router.post("/api/audit/page", async (request, response) => {
    const member = await guards.member(request);
    const query = await readJson(request, api.AuditQuery);
    sendJson(response, z.encode(api.AuditPage, await reader.page(query, member)));
  });
  router.get("/api/audit/after/:number", async (request, response) => {
    const member = await guards.member(request);
    const after = readWhole(request.params["number"], MAX_INT);
    sendBytes(response, encodeAuditLinks(await reader.links(after, member)));
  });
  return router;
};
