/** Stretching a passphrase further than before, without a new vault key. docs/api.md. */
import * as z from "zod/mini";
import { bytes, whole } from "./json-shapes.ts";
import { HASH, NONCE, TAG } from "./limits.ts";
import { AuthKey, Salt, staffLimits } from "./staff-api.ts";

const WrappedKey = bytes(NONCE + HASH + TAG);

export const HashCostRaise = z.strictObject({
  authKey: AuthKey,
  salt: Salt,
  memoryKiB: whole(staffLimits.memoryKiB.min, staffLimits.memoryKiB.max),
  passes: whole(staffLimits.passes.min, staffLimits.passes.max),
  newAuthKey: AuthKey,
  /** As it stands: another one holds another vault key, or was made by another tab. */
  expectWrappedKey: WrappedKey,
  wrappedKey: WrappedKey,
});

export type HashCostRaise = z.infer<typeof HashCostRaise>;

export const hashCostRoutes = {
  raiseHashCost: {
    method: "POST",
    path: "/api/account/hash-cost",
    body: HashCostRaise,
    answer: null,
  },
} as const;
