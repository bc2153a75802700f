/** What the keys page shows of messaging keys: published, and gone. docs/api.md. */
import * as z from "zod/mini";
import { count } from "./json-shapes.ts";

/** Long enough to see what the server drops after the usual longest absence of 90 days. */
export const PERIODS_SHOWN_BACK = 17;
/** Half a year: a little more than is shown. */
export const PAST_PERIODS_KEPT = 26;

export const KeyTimeline = z.strictObject({
  keys: z.array(
    z.strictObject({
      memberNumber: count,
      generation: count,
      period: count,
      state: z.enum(["published", "destroyed", "dropped"]),
      /** When it went; null while it is published. Days since 1970-01-01 UTC. */
      day: z.nullable(count),
    }),
  ),
});

export type KeyTimeline = z.infer<typeof KeyTimeline>;
export type TimelineKey = KeyTimeline["keys"][number];

export const keyTimelineRoutes = {
  keyTimeline: {
    method: "GET",
    path: "/api/messaging-keys/timeline",
    body: null,
    answer: KeyTimeline,
  },
} as const;
