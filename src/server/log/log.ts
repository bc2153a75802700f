import type { AppendLeaves } from "../database/append-leaves.ts";
import type { Audit } from "../http/audit.ts";
import type { World } from "../http/world.ts";
import { createAppend } from "./append.ts";
import { createCatchUp } from "./catch-up.ts";
import { createEvidences, type Evidences } from "./evidence.ts";
import { createProofs, type Proofs } from "./proofs.ts";
import { createLogRestored, type GetNewsroomKey } from "./restored.ts";
import { createSeenStatements, type NewestRoster, type SeenStatements } from "./seen.ts";

/** The key log: every statement for ever, in one order that cannot be taken back unseen. docs/protocol.md §16. */
export type KeyLog = {
  readonly append: AppendLeaves;
  readonly proofs: Proofs;
  readonly evidences: Evidences;
  readonly seen: SeenStatements;
  logRestored(statement: Uint8Array, by: number): Promise<void>;
  /** To be awaited before anybody is answered. */
  catchUp(): Promise<void>;
};

export type KeyLogParts = Pick<World, "db" | "crypto" | "secrets"> & {
  readonly audit: Audit;
  readonly bundle: () => Promise<Uint8Array>;
  readonly newestRoster: NewestRoster;
  readonly newsroomKey: GetNewsroomKey;
};

export const createKeyLog = (parts: KeyLogParts): KeyLog => {
  const append = createAppend(parts);
  const proofs = createProofs(parts);
  return {
    append,
    proofs,
    evidences: createEvidences({ ...parts, proofs }),
    seen: createSeenStatements(parts),
    logRestored: createLogRestored({ ...parts, append }),
    catchUp: createCatchUp(parts, append),
  };
};
