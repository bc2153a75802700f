/** Changing a member's lasting keys and re-wrapping the archive, as the newsroom's listener carries them. docs/api.md. */
import * as z from "zod/mini";
import { bytes, count } from "./json-shapes.ts";
import { ID } from "./limits.ts";

/** Archive keys of one member that something may still stand under. */
export const MOST_FORMER_ARCHIVES = 16;

const Statement = bytes(1, 512);
const ArchiveKeyId = bytes(ID);

export const KeyChangePost = z.strictObject({ statement: Statement });
/** All that wait, for an admin; one's own for everybody else. */
export const KeyChanges = z.strictObject({
  changes: z.array(z.strictObject({ memberNumber: count, statement: Statement })),
});

export const ArchiveState = z.strictObject({
  /** Null while no wrap was ever stored. */
  keyId: z.nullable(ArchiveKeyId),
  /** Wraps under that key. */
  wraps: count,
  former: z.array(z.strictObject({ keyId: ArchiveKeyId, left: count })),
  /** Own slots that nobody has tried yet, by the generation of the entry they were sealed to. */
  untried: z.array(z.strictObject({ generation: count, slots: count })),
});
export const ArchiveSwitch = z.strictObject({ from: ArchiveKeyId, to: ArchiveKeyId });
export const ArchiveDestroyed = z.strictObject({ keyId: ArchiveKeyId });

export type KeyChanges = z.infer<typeof KeyChanges>;
export type ArchiveState = z.infer<typeof ArchiveState>;
export type ArchiveSwitch = z.infer<typeof ArchiveSwitch>;

export const lastingKeysRoutes = {
  postKeyChange: { method: "POST", path: "/api/key-changes", body: KeyChangePost, answer: null },
  keyChanges: { method: "GET", path: "/api/key-changes", body: null, answer: KeyChanges },
  /** By the member or an admin; the id is the member number. */
  dropKeyChange: { method: "DELETE", path: "/api/key-changes/:id", body: null, answer: null },
  archive: { method: "GET", path: "/api/archive", body: null, answer: ArchiveState },
  switchArchive: { method: "POST", path: "/api/archive", body: ArchiveSwitch, answer: null },
  archiveDestroyed: {
    method: "POST",
    path: "/api/archive/destroyed",
    body: ArchiveDestroyed,
    answer: null,
  },
} as const;
