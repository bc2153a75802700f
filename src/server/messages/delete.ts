import { equal, readerOf } from "../../protocol/public/bytes.ts";
import type { PublicCrypto } from "../../protocol/public/crypto.ts";
import { deleteTokenHash } from "../../protocol/public/envelope.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { HASH, ID, MAX_WRAPS } from "../../protocol/public/limits.ts";
import { bytes, type Database, type Transaction } from "../database/database.ts";
import { deleteMailbox } from "../database/delete-mailbox.ts";
import { afterGivingWay } from "../database/give-way.ts";

/** Deleting for everybody: a reader shows that it has opened the message, by a key derived from the content key. */
export type Deletion = { readonly messageId: Uint8Array; readonly token: Uint8Array };

export const MAX_DELETIONS_POST = 2 + MAX_WRAPS * (ID + HASH);

export const parseDeletions = (input: Uint8Array): readonly Deletion[] => {
  const reader = readerOf(input);
  const count = reader.u16();
  if (count > MAX_WRAPS) throw new SealdropError("bad-structure");
  const list = Array.from({ length: count }, () => ({
    messageId: reader.bytes(ID),
    token: reader.bytes(HASH),
  }));
  reader.end();
  return list;
};

type Found = { readonly arrival: number; readonly mailboxId: Uint8Array };

/** Deleted already: nothing. Throws forbidden for a token that fits none of that id. */
const findDeletable = async (
  tx: Transaction,
  crypto: PublicCrypto,
  deletion: Deletion,
): Promise<Found | null> => {
  const rows = await tx.message.findMany({
    where: { messageId: bytes(deletion.messageId) },
    select: { arrival: true, mailboxId: true, deleteTokenHash: true },
  });
  const hash = deleteTokenHash(crypto, deletion.token);
  const fitting = rows.find((row) => equal(row.deleteTokenHash, hash));
  if (fitting === undefined && rows.length > 0) throw new SealdropError("forbidden");
  return fitting ?? null;
};

/** With its last message a mailbox goes, and with it the files that nothing has claimed. */
const dropIfEmpty = async (tx: Transaction, mailboxId: Uint8Array): Promise<void> => {
  const where = { mailboxId: bytes(mailboxId) };
  const left = await tx.message.findFirst({ where, select: { arrival: true } });
  if (left === null) await deleteMailbox(tx, mailboxId);
};

/** All or none. */
export const deleteMessages = (
  db: Database,
  crypto: PublicCrypto,
  deletions: readonly Deletion[],
): Promise<void> => {
  // In one order, so that two who delete the same seldom wait for each other.
  const ordered = deletions.toSorted((a, b) => Buffer.compare(a.messageId, b.messageId));
  const deleteAll = async (tx: Transaction): Promise<void> => {
    for (const deletion of ordered) {
      const found = await findDeletable(tx, crypto, deletion);
      if (found === null) continue;
      await tx.message.deleteMany({ where: { arrival: found.arrival } });
      await dropIfEmpty(tx, found.mailboxId);
    }
  };
  return afterGivingWay(() => db.$transaction(deleteAll, { maxWait: 20_000, timeout: 60_000 }));
};
