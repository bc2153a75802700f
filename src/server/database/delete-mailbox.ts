import { bytes, type Transaction } from "./database.ts";

/** Removes a mailbox for good: its messages with their slots and files, and the files nothing has claimed. Answers how many messages. */
export const deleteMailbox = async (tx: Transaction, mailboxId: Uint8Array): Promise<number> => {
  const where = { mailboxId: bytes(mailboxId) };
  const { count } = await tx.message.deleteMany({ where });
  await tx.upload.deleteMany({ where });
  return count;
};
