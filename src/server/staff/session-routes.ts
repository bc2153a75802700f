import type { Router } from "express";
import * as z from "zod/mini";
import { Sessions as SessionsAnswer } from "../../protocol/public/signin-api.ts";
import type { Database, Transaction } from "../database/database.ts";
import { sendJson, sendNothing } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Audit } from "../http/audit.ts";
import type { Guards, StaffSession } from "../http/guards.ts";
import { readId } from "../http/input.ts";
import type { Sessions } from "./sessions.ts";

type Parts = {
  readonly db: Database;
  readonly audit: Audit;
  readonly guards: Guards;
  readonly sessions: Sessions;
};

/** One's own sessions: where one is signed in, by day, and an end to each. */
export const createSessionRoutes = ({ db, audit, guards, sessions }: Parts): Router => {
  /** With a line of it in the trail. */
  const end = (session: StaffSession, work: (tx: Transaction) => Promise<void>): Promise<void> =>
    db.$transaction(async (tx) => {
      await work(tx);
      await audit.append(tx, { kind: "sessions-ended", actor: session.memberNumber });
    });
  const router = createRouter();
  router.get("/api/sessions", async (request, response) => {
    const session = await guards.session(request);
    const list = await sessions.list(session);
    sendJson(response, z.encode(SessionsAnswer, { sessions: list }));
  });
  router.delete("/api/sessions/:id", async (request, response) => {
    const session = await guards.session(request);
    const id = readId(request, "id");
    await end(session, (tx) => sessions.endById(session, id, tx));
    sendNothing(response);
  });
  router.post("/api/sessions/end-others", async (request, response) => {
    const session = await guards.session(request);
    await end(session, (tx) => sessions.endOthers(session, tx));
    sendNothing(response);
  });
  return router;
};
