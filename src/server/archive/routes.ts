import type { Router } from "express";
import * as z from "zod/mini";
import { encodeFormerWraps } from "../../protocol/public/archive-page.ts";
import * as api from "../../protocol/public/lasting-keys-api.ts";
import { sendBytes, sendJson, sendNothing } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Audit } from "../http/audit.ts";
import type { Guards } from "../http/guards.ts";
import { MAX_INT, readId, readJson, readWhole } from "../http/input.ts";
import type { World } from "../http/world.ts";
import { createArchives } from "./archive.ts";

const LIMIT_BYTES = 4_096;

type ArchiveWorld = Pick<World, "db" | "pool"> & { readonly audit: Audit };

/** Own archive only. The wraps themselves are the messages' room's: it stores the new ones. */
export const createArchiveRoutes = (world: ArchiveWorld, guards: Guards): Router => {
  const archives = createArchives(world);
  const router = createRouter();
  router.get("/api/archive", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    sendJson(response, z.encode(api.ArchiveState, await archives.state(memberNumber)));
  });
  router.post("/api/archive", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    await archives.switchTo(memberNumber, await readJson(request, api.ArchiveSwitch, LIMIT_BYTES));
    sendNothing(response);
  });
  router.get("/api/archive/:id/waiting", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const keyId = readId(request, "id");
    const before = readWhole(request.query["before"], MAX_INT) || MAX_INT;
    sendBytes(response, encodeFormerWraps(await archives.waiting(memberNumber, { keyId, before })));
  });
  router.post("/api/archive/destroyed", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const { keyId } = await readJson(request, api.ArchiveDestroyed, LIMIT_BYTES);
    await archives.destroyed(memberNumber, keyId);
    sendNothing(response);
  });
  return router;
};
