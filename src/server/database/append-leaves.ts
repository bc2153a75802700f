import type { Transaction } from "./database.ts";

/**
 * Adds leaves to the key log in the transaction that stores what they say: neither is there without the other. A leaf is a
 * kind of one byte and what follows it (docs/protocol.md §16.1). One that is in the log already is not added again, so a
 * statement may be sent twice. Made by the log's room, handed to those that store statements.
 */
export type AppendLeaves = (tx: Transaction, leaves: readonly Uint8Array[]) => Promise<void>;
