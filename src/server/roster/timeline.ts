import type { Router } from "express";
import * as z from "zod/mini";
import {
  KeyTimeline,
  PERIODS_SHOWN_BACK,
  type TimelineKey,
} from "../../protocol/public/key-timeline-api.ts";
import { periodOf } from "../../protocol/public/time.ts";
import type { Database } from "../database/database.ts";
import { sendJson } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Guards } from "../http/guards.ts";
import { dayOf, type World } from "../http/world.ts";

/** Everybody's keys of the last months and of those to come: what is published, and how the others ended. */
const readTimeline = async (db: Database, from: number): Promise<readonly TimelineKey[]> => {
  const where = { period: { gte: from } };
  const place = { memberNumber: true, generation: true, period: true };
  // One picture: a key that goes in between must not be missing from both.
  const [published, past] = await db.$transaction(
    [
      db.messagingKey.findMany({ where, select: place }),
      db.pastKey.findMany({ where, select: { ...place, ending: true, day: true } }),
    ],
    { isolationLevel: "RepeatableRead" },
  );
  return [
    ...published.map((key) => ({ ...key, state: "published" as const, day: null })),
    ...past.map(({ ending, ...key }) => ({
      ...key,
      state: ending === "dropped" ? ("dropped" as const) : ("destroyed" as const),
    })),
  ];
};

type TimelineWorld = Pick<World, "db" | "now"> & { readonly guards: Guards };

export const createTimelineRoute = ({ db, now, guards }: TimelineWorld): Router => {
  const router = createRouter();
  router.get("/api/messaging-keys/timeline", async (request, response) => {
    await guards.member(request);
    const from = periodOf(dayOf(now())) - PERIODS_SHOWN_BACK;
    sendJson(response, z.encode(KeyTimeline, { keys: [...(await readTimeline(db, from))] }));
  });
  return router;
};
