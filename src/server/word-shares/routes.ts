import type { Router } from "express";
import * as z from "zod/mini";
import * as api from "../../protocol/public/word-share-api.ts";
import { sendJson, sendNothing, sendWait } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Guards } from "../http/guards.ts";
import { readId, readJson } from "../http/input.ts";
import type { Requests } from "./requests.ts";
import type { Sets } from "./sets.ts";

export type WordShareParts = {
  readonly guards: Guards;
  readonly sets: Sets;
  readonly requests: Requests;
  /** Counts a try at this name and answers zero, or the seconds to wait. */
  readonly begin: (userName: string) => Promise<number>;
};

/** Before buffering; nothing here is larger. */
const LIMIT_BYTES = 8_192;

const addSets = (router: Router, { guards, sets }: WordShareParts): void => {
  router.post("/api/share-sets", async (request, response) => {
    const owner = await guards.member(request);
    await sets.post(owner, await readJson(request, api.ShareSetPost, LIMIT_BYTES));
    sendNothing(response);
  });
  router.get("/api/share-sets", async (request, response) => {
    const owner = await guards.member(request);
    sendJson(response, z.encode(api.ShareSets, await sets.list(owner)));
  });
  router.post("/api/share-sets/kept", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const { setId } = await readJson(request, api.ShareKept, LIMIT_BYTES);
    await sets.kept(memberNumber, setId);
    sendNothing(response);
  });
  router.delete("/api/share-sets/:id", async (request, response) => {
    const owner = await guards.member(request);
    await sets.drop(owner, readId(request, "id"));
    sendNothing(response);
  });
};

/** Without a session: whoever asks has nothing left to log in with. */
const addForTheLost = (router: Router, { requests, begin }: WordShareParts): void => {
  router.post("/api/recovery-requests", async (request, response) => {
    const asked = await readJson(request, api.RecoveryAsk, LIMIT_BYTES);
    const seconds = await begin(asked.userName);
    if (seconds > 0) {
      sendWait(response, seconds);
      return;
    }
    await requests.ask(asked);
    sendNothing(response);
  });
  router.post("/api/recovery-requests/answers", async (request, response) => {
    const { token } = await readJson(request, api.RecoveryLook, LIMIT_BYTES);
    sendJson(response, z.encode(api.RecoveryAnswers, await requests.answers(token)));
  });
  router.post("/api/recovery-requests/withdraw", async (request, response) => {
    const { token } = await readJson(request, api.RecoveryLook, LIMIT_BYTES);
    await requests.withdraw(token);
    sendNothing(response);
  });
};

const addForHolders = (router: Router, { guards, requests }: WordShareParts): void => {
  router.get("/api/recovery-requests", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    sendJson(response, z.encode(api.RecoveryRequests, await requests.list(memberNumber)));
  });
  router.post("/api/recovery-requests/:id/answer", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const { sealed } = await readJson(request, api.RecoveryAnswerPost, LIMIT_BYTES);
    await requests.answer(memberNumber, readId(request, "id"), sealed);
    sendNothing(response);
  });
  // Not by every holder: one who gives nothing must not keep the others from giving.
  router.delete("/api/recovery-requests/:id", async (request, response) => {
    const admin = await guards.admin(request);
    await requests.drop(admin, readId(request, "id"));
    sendNothing(response);
  });
};

export const createWordShareRoutes = (parts: WordShareParts): Router => {
  const router = createRouter();
  addSets(router, parts);
  addForTheLost(router, parts);
  addForHolders(router, parts);
  return router;
};
