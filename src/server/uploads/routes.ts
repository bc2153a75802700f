import type { Request, Router } from "express";
import { concat, u32 } from "../../protocol/public/bytes.ts";
import type { MailboxId, UploadId } from "../../protocol/public/crypto.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { MAX_PART, MAX_PARTS, NONCE, TAG } from "../../protocol/public/limits.ts";
import type { RoomLeft } from "../database/room-left.ts";
import { sendBytes, sendNothing } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import { codeOf } from "../http/faults.ts";
import type { Guards } from "../http/guards.ts";
import { readBytes, readId, readWhole } from "../http/input.ts";
import { createMailboxTokens } from "../http/mailbox-token.ts";
import { dayOf, type World } from "../http/world.ts";
import { createGate } from "./gate.ts";
import { createUploads, type HeldParts, type UploadOwner } from "./store.ts";

/** Bodies in memory at once: what a rush of slow senders can take. */
const PARTS_IN_MEMORY = 96;
/** Written at once: more would only wait for the disk, and each holds a connection. */
const PARTS_WRITTEN_AT_ONCE = 4;

const ownerOf = (request: Request, mailboxId: MailboxId): UploadOwner => {
  const partCount = readWhole(request.headers["x-part-count"], MAX_PARTS);
  if (partCount < 1) throw new SealdropError("bad-request");
  return { uploadId: readId(request, "uploadId") as UploadId, mailboxId, partCount };
};

const indexOf = (request: Request, partCount: number): number =>
  readWhole(request.params["index"], partCount - 1);

/** All parts but the last are full: many tiny ones would cost more than their bytes. */
const checkSize = (length: number, { index, partCount }: { index: number; partCount: number }) => {
  const full = index === partCount - 1 || length === MAX_PART;
  if (!full || length <= NONCE + TAG) throw new SealdropError("bad-request");
};

const bitMap = ({ partCount, indexes }: HeldParts): Uint8Array => {
  const map = new Uint8Array(Math.ceil(partCount / 8));
  for (const index of indexes) {
    const at = index >> 3;
    map[at] = (map[at] ?? 0) | (0x80 >> (index & 7));
  }
  return map;
};

export const createUploadRoutes = (world: World, room: RoomLeft): Router => {
  const router = createRouter();
  const tokens = createMailboxTokens(world.secrets, world.now);
  const uploads = createUploads(world.pool, () => dayOf(world.now()));
  const inMemory = createGate(PARTS_IN_MEMORY);
  const written = createGate(PARTS_WRITTEN_AT_ONCE);

  const storeFrom = async (request: Request, owner: UploadOwner, index: number): Promise<void> => {
    const bytes = await readBytes(request, MAX_PART);
    checkSize(bytes.length, { index, partCount: owner.partCount });
    await room.takeForPart(bytes.length);
    await written(() => uploads.store(owner, index, bytes));
  };

  router.put("/api/uploads/:uploadId/:index", async (request, response) => {
    const owner = ownerOf(request, tokens.mailboxOf(request));
    const index = indexOf(request, owner.partCount);
    await room.takeForPart(0);
    const place = await uploads.place(owner, index);
    try {
      if (place === "stored") await inMemory(() => readBytes(request, MAX_PART));
      else await inMemory(() => storeFrom(request, owner, index));
    } catch (error) {
      // A full disk refuses files; words have a reserve.
      throw codeOf(error) === "no-room" ? new SealdropError("no-room-for-files") : error;
    }
    sendNothing(response);
  });

  router.get("/api/uploads/:uploadId", async (request, response) => {
    const mailboxId = tokens.mailboxOf(request);
    const held = await uploads.held(mailboxId, readId(request, "uploadId") as UploadId);
    sendBytes(response, concat([u32(held.partCount), bitMap(held)]));
  });

  router.delete("/api/uploads/:uploadId", async (request, response) => {
    const mailboxId = tokens.mailboxOf(request);
    await uploads.remove(mailboxId, readId(request, "uploadId") as UploadId);
    sendNothing(response);
  });

  return router;
};

/** The newsroom's side: parts of what messages have claimed, one at a time. */
export const createDownloadRoutes = (world: World, guards: Guards): Router => {
  const router = createRouter();
  const uploads = createUploads(world.pool, () => dayOf(world.now()));

  router.get("/api/uploads/:uploadId/:index", async (request, response) => {
    await guards.member(request);
    const index = readWhole(request.params["index"], MAX_PARTS - 1);
    const bytes = await uploads.find(readId(request, "uploadId"), index);
    if (bytes === null) throw new SealdropError("not-found");
    sendBytes(response, bytes);
  });

  return router;
};
