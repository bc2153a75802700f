import { equal, readerOf } from "../../protocol/public/bytes.ts";
import type { PublicCrypto } from "../../protocol/public/crypto.ts";
import { deleteTokenHash } from "../../protocol/public/envelope.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { HASH, ID, MAX_WRAPS } from "../../protocol/public/limits.ts";
import { bytes, type Database, type Transaction } from "../database/database.ts";
import { countOfDay } from "../database/day-counts.ts";
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

type Row = {
  readonly arrival: number;
  readonly mailboxId: Uint8Array;
  readonly messageId: Uint8Array;
  readonly deleteTokenHash: Uint8Array;
};

/** Locked in order of arrival, as wraps are: two who want the same messages do not wait for each other. */
const lockRows = (tx: Transaction, deletions: readonly Deletion[]): Promise<Row[]> => {
  const ids = deletions.map(({ messageId }) => Buffer.from(messageId));
  return tx.$queryRaw<Row[]>`
    SELECT arrival, mailbox_id AS "mailboxId", message_id AS "messageId",
      delete_token_hash AS "deleteTokenHash"
    FROM message WHERE message_id = ANY(${ids}::bytea[]) ORDER BY arrival FOR UPDATE`;
};

/** Deleted already: nothing. Throws forbidden for a token that fits none of that id. */
const checkToken = (crypto: PublicCrypto, rows: readonly Row[], deletion: Deletion): Row[] => {
  const named = rows.filter(({ messageId }) => equal(messageId, deletion.messageId));
  const hash = deleteTokenHash(crypto, deletion.token);
  const fitting = named.find((row) => equal(row.deleteTokenHash, hash));
  if (fitting === undefined && named.length > 0) throw new SealdropError("forbidden");
  return fitting === undefined ? [] : [fitting];
};

/** With its last message go the files that nothing has claimed; never messages: one may have come in between. */
const dropIfEmpty = async (tx: Transaction, mailbox: Uint8Array): Promise<void> => {
  const mailboxId = bytes(mailbox);
  const left = await tx.message.findFirst({ where: { mailboxId }, select: { arrival: true } });
  if (left === null) await tx.upload.deleteMany({ where: { mailboxId, arrival: null } });
};

type DeleteWorld = {
  readonly db: Database;
  readonly crypto: PublicCrypto;
  readonly today: number;
};

/** All or none. */
export const deleteMessages = (
  { db, crypto, today }: DeleteWorld,
  deletions: readonly Deletion[],
): Promise<void> => {
  const deleteAll = async (tx: Transaction): Promise<void> => {
    const rows = await lockRows(tx, deletions);
    const found = deletions.flatMap((deletion) => checkToken(crypto, rows, deletion));
    let count = 0;
    for (const row of found.sort((a, b) => a.arrival - b.arrival)) {
      count += (await tx.message.deleteMany({ where: { arrival: row.arrival } })).count;
      await dropIfEmpty(tx, row.mailboxId);
    }
    await countOfDay(tx, today, { what: "deleted-by-newsroom", count });
  };
  return afterGivingWay(() => db.$transaction(deleteAll, { maxWait: 20_000, timeout: 60_000 }));
};
