import type { Router } from "express";
import { concat, sized, u16 } from "../../protocol/public/bytes.ts";
import { RotationPost } from "../../protocol/public/rotation-api.ts";
import * as api from "../../protocol/public/staff-api.ts";
import type { Database } from "../database/database.ts";
import { sendBytes, sendJson, sendNothing } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Guards } from "../http/guards.ts";
import { MAX_INT, readJson, readWhole } from "../http/input.ts";
import type { NewsroomBundleSource } from "./bundle.ts";
import type { MessagingKeys } from "./messaging-keys.ts";
import type { PostRoster } from "./post.ts";
import type { RotateNewsroom } from "./rotate.ts";

const MOST_ROSTERS = 100;

/** For both listeners. */
export const createBundleRoute = (bundle: NewsroomBundleSource): Router => {
  const router = createRouter();
  router.get("/api/newsroom", async (_request, response) => {
    sendBytes(response, await bundle.get());
  });
  return router;
};

export type RosterParts = {
  readonly db: Database;
  readonly guards: Guards;
  readonly postRoster: PostRoster;
  readonly rotateNewsroom: RotateNewsroom;
  readonly keys: MessagingKeys;
};

const readChain = async (db: Database, from: number): Promise<Uint8Array> => {
  const rows = await db.roster.findMany({
    where: { number: { gte: from } },
    orderBy: { number: "asc" },
    take: MOST_ROSTERS,
    select: { statement: true, settings: true },
  });
  const items = rows.flatMap(({ statement, settings }) => [sized(statement), sized(settings)]);
  return concat([u16(rows.length), ...items]);
};

export const createRosterRoutes = (parts: RosterParts): Router => {
  const { db, guards, postRoster, rotateNewsroom, keys } = parts;
  const router = createRouter();
  router.get("/api/rosters", async (request, response) => {
    await guards.member(request);
    sendBytes(response, await readChain(db, readWhole(request.query["from"] ?? "0", MAX_INT)));
  });
  router.post("/api/roster", async (request, response) => {
    const by = await guards.admin(request);
    const post = await readJson(request, api.RosterPost);
    sendJson(response, { number: await postRoster(post, by) });
  });
  router.post("/api/newsroom/rotate", async (request, response) => {
    const by = await guards.admin(request);
    sendJson(response, await rotateNewsroom(by, await readJson(request, RotationPost)));
  });
  router.get("/api/messaging-keys", async (request, response) => {
    await guards.member(request);
    sendJson(response, { keys: await keys.list() });
  });
  router.post("/api/messaging-keys", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const { statements } = await readJson(request, api.MessagingKeysPost);
    await keys.publish(memberNumber, statements);
    sendNothing(response);
  });
  router.post("/api/messaging-keys/destroyed", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const { periods } = await readJson(request, api.DestroyedKeys);
    await keys.destroyed(memberNumber, periods);
    sendNothing(response);
  });
  router.get("/api/messaging-keys/closed", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    sendJson(response, { closed: await keys.closed(memberNumber) });
  });
  return router;
};
