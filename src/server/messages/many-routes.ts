import type { Router } from "express";
import type pg from "pg";
import { concat, u32 } from "../../protocol/public/bytes.ts";
import { ID } from "../../protocol/public/limits.ts";
import { MAX_MANY_BODIES, MOST_AT_ONCE, parseMailboxes } from "../../protocol/public/many.ts";
import type { RoomLeft } from "../database/room-left.ts";
import { createRouter } from "../http/app.ts";
import type { Guards } from "../http/guards.ts";
import { readBytes } from "../http/input.ts";
import { sendPieces } from "../http/pieces.ts";
import type { World } from "../http/world.ts";
import { createReceiveMany } from "./post.ts";
import { type BodyPlace, findBodiesAt, listBodiesOf } from "./read.ts";

/** Several conversations in one request, for a member who goes through all of them: the same as one by one, with less around it. */

const MAX_QUESTION = 2 + MOST_AT_ONCE * ID;
/** So much stands in memory at a time. */
const PIECE = 1_048_576;

/** In pieces of about a MiB, one query each. */
const inPieces = (places: readonly BodyPlace[]): readonly (readonly BodyPlace[])[] => {
  const pieces: BodyPlace[][] = [];
  let room = 0;
  for (const place of places) {
    if (room < place.length || pieces.length === 0) {
      pieces.push([]);
      room = PIECE;
    }
    pieces.at(-1)?.push(place);
    room -= place.length;
  }
  return pieces;
};

async function* bodiesOf(pool: pg.Pool, places: readonly BodyPlace[]) {
  yield u32(places.length);
  for (const piece of inPieces(places)) {
    const bodies = await findBodiesAt(
      pool,
      piece.map(({ arrival }) => arrival),
    );
    const parts = piece.map(({ arrival, messageId }) => {
      const body = bodies.get(arrival);
      return body === undefined ? null : concat([messageId, u32(body.length), body]);
    });
    const whole = parts.filter((part) => part !== null);
    yield whole.length === parts.length ? concat(whole) : null;
  }
}

const lengthOf = (places: readonly BodyPlace[]): number =>
  places.reduce((sum, place) => sum + ID + 4 + place.length, 4);

export const createManyRoutes = (world: World, room: RoomLeft, guards: Guards): Router => {
  const { pool } = world;
  const router = createRouter();
  const receive = createReceiveMany(world, room);

  router.post("/api/messages/many", async (request, response) => {
    await guards.member(request);
    await receive(request, response);
  });

  router.post("/api/mailboxes/bodies", async (request, response) => {
    await guards.member(request);
    const mailboxes = parseMailboxes(await readBytes(request, MAX_QUESTION));
    const places = await listBodiesOf(pool, mailboxes, MAX_MANY_BODIES);
    await sendPieces(response, lengthOf(places), bodiesOf(pool, places));
  });

  return router;
};
