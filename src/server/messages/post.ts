import type { Request, Response } from "express";
import { concat, u8, u32 } from "../../protocol/public/bytes.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { ID, MAX_FILES, MAX_MESSAGE } from "../../protocol/public/limits.ts";
import { encodePlaced, MAX_MANY_POST, parseManyPost } from "../../protocol/public/many.ts";
import { parseMessagePost } from "../../protocol/public/message-post.ts";
import { createNewsroomId } from "../database/newsroom-id.ts";
import type { RoomLeft } from "../database/room-left.ts";
import { sendBytes } from "../http/answers.ts";
import { readBytes } from "../http/input.ts";
import { dayOf, type World } from "../http/world.ts";
import { type Author, createAccept } from "./accept.ts";
import { createAcceptMany } from "./accept-many.ts";

const CLAIM = ID + 4;
const MAX_POST = 2 + MAX_FILES * CLAIM + MAX_MESSAGE;
const STORED = 0;

/** A member's messages to several mailboxes. */
export const createReceiveMany = (world: World, room: RoomLeft) => {
  const { db, crypto } = world;
  const acceptMany = createAcceptMany({
    db,
    crypto,
    newsroomId: createNewsroomId(db, crypto),
    today: () => dayOf(world.now()),
    takeRoom: room.takeForText,
  });
  return async (request: Request, response: Response): Promise<void> => {
    const messages = parseManyPost(crypto, await readBytes(request, MAX_MANY_POST));
    sendBytes(response, encodePlaced(await acceptMany(messages)));
  };
};

export type ReceivePost = (request: Request, response: Response, author: Author) => Promise<void>;

/** Reads, checks and stores one message post; the caller has asked who is writing. */
export const createReceivePost = (world: World, room: RoomLeft): ReceivePost => {
  const { db, crypto } = world;
  const accept = createAccept({
    db,
    crypto,
    newsroomId: createNewsroomId(db, crypto),
    today: () => dayOf(world.now()),
    takeRoom: room.takeForText,
  });
  return async (request, response, author) => {
    const body = await readBytes(request, MAX_POST);
    const post = parseMessagePost(crypto, body);
    if (author.by === "member" && post.uploads.length > 0) throw new SealdropError("bad-request");
    const { headerHash, arrival } = await accept(post, author);
    sendBytes(response, concat([u8(STORED), headerHash, u32(arrival)]));
  };
};
