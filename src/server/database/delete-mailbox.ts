import { bytes, type Transaction } from "./database.ts";

/** Removes a mailbox for good: its messages with their slots and files, and the files nothing has claimed. */
export const deleteMailbox = async (tx: Transaction, mailboxId: Uint8Array): Promise<void> => {
  const where = { mailboxId: bytes(mailboxId) };
  await tx.message.deleteMany({ where });
  await tx.upload.deleteMany({ where });
};
