/** The newsroom's key and who holds it, as the newsroom's listener carries them. docs/api.md. */
import * as z from "zod/mini";
import { bytes, count } from "./json-shapes.ts";
import { MAX_SETTINGS, MAX_STATEMENT } from "./limits.ts";

/** Kind, length, payload, signature. */
const ROTATION_STATEMENT = 5 + 174 + 64;

/** The rotation, and the next roster under the new key: stored together or not at all. */
export const RotationPost = z.strictObject({
  rotation: bytes(ROTATION_STATEMENT),
  statement: bytes(1, MAX_STATEMENT),
  settings: bytes(1, MAX_SETTINGS),
});
export const RotationPosted = z.strictObject({ ordinal: count, number: count });

export const RolePost = z.strictObject({
  memberNumber: count,
  role: z.enum(["admin", "journalist"]),
});

export type RotationPost = z.infer<typeof RotationPost>;
export type RotationPosted = z.infer<typeof RotationPosted>;
export type RolePost = z.infer<typeof RolePost>;

export const rotationRoutes = {
  rotateNewsroom: {
    method: "POST",
    path: "/api/newsroom/rotate",
    body: RotationPost,
    answer: RotationPosted,
  },
  setRole: { method: "POST", path: "/api/people/role", body: RolePost, answer: null },
} as const;
