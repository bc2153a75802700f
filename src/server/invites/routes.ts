import type { Response, Router } from "express";
import * as z from "zod/mini";
import * as api from "../../protocol/public/staff-api.ts";
import type { Database, Transaction } from "../database/database.ts";
import { sendJson, sendNothing } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Guards } from "../http/guards.ts";
import { readId, readJson } from "../http/input.ts";
import type { Invites } from "./invites.ts";

export type InviteParts = {
  readonly db: Database;
  readonly guards: Guards;
  readonly invites: Invites;
  /** Hashes before anything is locked; what comes back stores the account that waits for approval. Throws wrong-login. */
  readonly prepare: (answer: api.InviteAnswer) => Promise<(tx: Transaction) => Promise<string>>;
  readonly enter: (response: Response, accountId: string) => Promise<void>;
};

const addForAdmins = (router: Router, { guards, invites }: InviteParts): void => {
  router.post("/api/invites", async (request, response) => {
    const { memberNumber } = await guards.admin(request);
    const made = await invites.create(await readJson(request, api.InvitePost), memberNumber);
    sendJson(response, z.encode(api.InvitePosted, made));
  });
  router.get("/api/invites", async (request, response) => {
    await guards.admin(request);
    sendJson(response, z.encode(api.Invites, { invites: await invites.list() }));
  });
  router.delete("/api/invites/:id", async (request, response) => {
    const { memberNumber } = await guards.admin(request);
    await invites.withdraw(readId(request, "id"), memberNumber);
    sendNothing(response);
  });
};

const addForInvitees = (router: Router, parts: InviteParts): void => {
  const { db, invites, prepare, enter } = parts;
  router.post("/api/invites/open", async (request, response) => {
    const { token } = await readJson(request, api.InviteOpen);
    await invites.check(token);
    sendNothing(response);
  });
  router.post("/api/invites/answer", async (request, response) => {
    const answer = await readJson(request, api.InviteAnswer);
    // Before the hashing, which nobody without a token may cause.
    await invites.check(answer.token);
    const store = await prepare(answer);
    const accountId = await db.$transaction(async (tx) => {
      const id = await store(tx);
      await invites.answer(tx, id, answer);
      return id;
    });
    await enter(response, accountId);
  });
};

export const createInviteRoutes = (parts: InviteParts): Router => {
  const router = createRouter();
  addForAdmins(router, parts);
  addForInvitees(router, parts);
  return router;
};
