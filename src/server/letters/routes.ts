import type { Router } from "express";
import * as z from "zod/mini";
import * as api from "../../protocol/public/letters-api.ts";
import { sendJson, sendNothing } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Guards } from "../http/guards.ts";
import { MAX_INT, readJson, readWhole } from "../http/input.ts";
import type { World } from "../http/world.ts";
import { createLetters } from "./letters.ts";

export const createLetterRoutes = (world: Pick<World, "db" | "now">, guards: Guards): Router => {
  const letters = createLetters(world);
  const router = createRouter();
  router.post("/api/letters", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const id = await letters.send(memberNumber, await readJson(request, api.LetterPost));
    sendJson(response, z.encode(api.LetterPosted, { id }));
  });
  router.get("/api/letters/waiting", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    sendJson(response, z.encode(api.WaitingLetters, await letters.waiting(memberNumber)));
  });
  router.get("/api/letters/after/:id", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const after = readWhole(request.params["id"], MAX_INT);
    sendJson(response, z.encode(api.Letters, await letters.page(memberNumber, after)));
  });
  router.delete("/api/letters/:id", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    await letters.drop(memberNumber, readWhole(request.params["id"], MAX_INT));
    sendNothing(response);
  });
  return router;
};
