/** What members' browsers say to each other about the log, as the newsroom's listener carries it. docs/api.md. */
import * as z from "zod/mini";
import { bytes } from "./json-shapes.ts";
import { MAX_JOURNALISTS } from "./limits.ts";

const SeenStatement = bytes(100, 400);

export const SeenPost = z.strictObject({ statement: SeenStatement });
/** The latest of each member. */
export const SeenList = z.strictObject({
  seen: z.array(SeenStatement).check(z.maxLength(10 * MAX_JOURNALISTS)),
});

export const RestoredPost = z.strictObject({ statement: bytes(100, 400) });

export type SeenPost = z.infer<typeof SeenPost>;
export type SeenList = z.infer<typeof SeenList>;

export const logRoutes = {
  seenList: { method: "GET", path: "/api/log/seen", body: null, answer: SeenList },
  postRestored: {
    method: "POST",
    path: "/api/log/restored",
    body: RestoredPost,
    answer: null,
  },
  postSeen: { method: "POST", path: "/api/log/seen", body: SeenPost, answer: null },
} as const;
