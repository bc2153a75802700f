/** Asking a colleague to hand over before they go, as the newsroom's listener carries it. docs/api.md. */
import * as z from "zod/mini";
import { count } from "./json-shapes.ts";

/** `askedDay`: since when oneself is asked. `asked`: everybody who is, for admins; empty for others. */
export const Handover = z.strictObject({
  askedDay: z.nullable(count),
  asked: z.array(z.strictObject({ memberNumber: count, day: count })),
});

export type Handover = z.infer<typeof Handover>;

/** The id is a member number. */
export const handoverRoutes = {
  handover: { method: "GET", path: "/api/handover", body: null, answer: Handover },
  askHandover: { method: "POST", path: "/api/handover/:id", body: null, answer: null },
  /** By an admin, or by whom it is about, once it is done. */
  endHandover: { method: "DELETE", path: "/api/handover/:id", body: null, answer: null },
} as const;
