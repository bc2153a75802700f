import type { Router } from "express";
import * as z from "zod/mini";
import * as api from "../../protocol/public/lasting-keys-api.ts";
import { sendJson, sendNothing } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Guards } from "../http/guards.ts";
import { MAX_INT, readJson, readWhole } from "../http/input.ts";
import type { KeyChanges } from "./key-changes.ts";

const LIMIT_BYTES = 4_096;

export const createKeyChangeRoutes = (changes: KeyChanges, guards: Guards): Router => {
  const router = createRouter();
  router.post("/api/key-changes", async (request, response) => {
    const member = await guards.member(request);
    const { statement } = await readJson(request, api.KeyChangePost, LIMIT_BYTES);
    await changes.post(member, statement);
    sendNothing(response);
  });
  router.get("/api/key-changes", async (request, response) => {
    const member = await guards.member(request);
    sendJson(response, z.encode(api.KeyChanges, { changes: await changes.list(member) }));
  });
  router.delete("/api/key-changes/:id", async (request, response) => {
    const member = await guards.member(request);
    await changes.drop(member, readWhole(request.params["id"], MAX_INT));
    sendNothing(response);
  });
  return router;
};
