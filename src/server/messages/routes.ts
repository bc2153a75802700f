import type { Router } from "express";
import type pg from "pg";
import { encodeBlock } from "../../protocol/public/block.ts";
import { concat, u16, u32 } from "../../protocol/public/bytes.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { ID } from "../../protocol/public/limits.ts";
import type { RoomLeft } from "../database/room-left.ts";
import { sendBytes, sendNothing } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Guards } from "../http/guards.ts";
import { MAX_INT, readBytes, readId, readWhole } from "../http/input.ts";
import { createMailboxTokens } from "../http/mailbox-token.ts";
import { sendPieces } from "../http/pieces.ts";
import { dayOf, type World } from "../http/world.ts";
import { deleteMessages, MAX_DELETIONS_POST, parseDeletions } from "./delete.ts";
import { createReceivePost } from "./post.ts";
import { type BodyPlace, findBody, findBodyAt, listBodies, readBlock } from "./read.ts";
import { storeSharedWraps } from "./shared-wraps.ts";
import {
  MAX_WRAPS_POST,
  parseWraps,
  parseWrapsPost,
  removeCopies,
  replaceWraps,
  storeWraps,
} from "./wraps.ts";

/** The source's listener: one route, guarded by the mailbox token. */
export const createSourceMessageRoutes = (world: World, room: RoomLeft): Router => {
  const router = createRouter();
  const tokens = createMailboxTokens(world.secrets, world.now);
  const receive = createReceivePost(world, room);

  router.post("/api/messages", async (request, response) => {
    const mailboxId = tokens.mailboxOf(request);
    await receive(request, response, { by: "source", mailboxId });
  });
  return router;
};

async function* bodiesOf(pool: pg.Pool, places: readonly BodyPlace[]) {
  yield u16(places.length);
  for (const { arrival, messageId } of places) {
    const body = await findBodyAt(pool, arrival);
    yield body === null ? null : concat([messageId, u32(body.length), body]);
  }
}

const lengthOf = (places: readonly BodyPlace[]): number =>
  places.reduce((sum, place) => sum + ID + 4 + place.length, 2);

/** The newsroom's listener; every route is for members, and asks before it reads. */
export const createMemberMessageRoutes = (world: World, room: RoomLeft, guards: Guards): Router => {
  const { db, pool, crypto } = world;
  const router = createRouter();
  const receive = createReceivePost(world, room);

  router.get("/api/messages/block", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const before = readWhole(request.query["before"], MAX_INT) || MAX_INT;
    sendBytes(response, encodeBlock(await readBlock(pool, memberNumber, { before })));
  });

  router.get("/api/messages/after", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const after = readWhole(request.query["arrival"], MAX_INT);
    sendBytes(response, encodeBlock(await readBlock(pool, memberNumber, { after })));
  });

  router.post("/api/messages/wraps", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const post = parseWrapsPost(await readBytes(request, MAX_WRAPS_POST));
    await storeWraps(db, memberNumber, post);
    sendNothing(response);
  });

  router.post("/api/archive/wraps", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const post = parseWrapsPost(await readBytes(request, MAX_WRAPS_POST));
    await replaceWraps(db, memberNumber, post);
    sendNothing(response);
  });

  router.post("/api/messages/shared-wraps", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const post = parseWrapsPost(await readBytes(request, MAX_WRAPS_POST));
    await storeSharedWraps(db, memberNumber, post);
    sendNothing(response);
  });

  router.post("/api/messages/remove-copy", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const wraps = parseWraps(await readBytes(request, MAX_WRAPS_POST));
    await removeCopies(db, memberNumber, wraps);
    sendNothing(response);
  });

  router.post("/api/messages/delete", async (request, response) => {
    await guards.member(request);
    const deletions = parseDeletions(await readBytes(request, MAX_DELETIONS_POST));
    await deleteMessages({ db, crypto, today: dayOf(world.now()) }, deletions);
    sendNothing(response);
  });

  router.get("/api/messages/:id/body", async (request, response) => {
    await guards.member(request);
    const body = await findBody(pool, readId(request, "id"));
    if (body === null) throw new SealdropError("not-found");
    sendBytes(response, body);
  });

  router.get("/api/mailboxes/:id/bodies", async (request, response) => {
    await guards.member(request);
    const places = await listBodies(pool, readId(request, "id"));
    await sendPieces(response, lengthOf(places), bodiesOf(pool, places));
  });

  router.post("/api/messages", async (request, response) => {
    await guards.member(request);
    await receive(request, response, { by: "member" });
  });

  return router;
};
