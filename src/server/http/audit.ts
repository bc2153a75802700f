import type { AuditEvent } from "../../protocol/public/audit.ts";
import type { Transaction } from "../database/database.ts";

/** The audit trail as other rooms see it: they tell it what they did, and it is handed to them. */
export type Audit = {
  /**
   * Adds lines in the transaction that does the thing, as its **last** statement: from here to the commit nobody else can add
   * one, and whoever took another lock after this one could wait for somebody who waits for this one.
   */
  append(tx: Transaction, ...events: readonly AuditEvent[]): Promise<void>;
};
