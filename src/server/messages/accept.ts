import { equal } from "../../protocol/public/bytes.ts";
import type { MailboxId, NewsroomId, PublicCrypto } from "../../protocol/public/crypto.ts";
import { bodyHash, headerHash, type Message } from "../../protocol/public/envelope.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { SLOT } from "../../protocol/public/limits.ts";
import type { MessagePost, UploadClaim } from "../../protocol/public/message-post.ts";
import type { RosterEntry } from "../../protocol/public/roster.ts";
import { bytes, type Database, type Transaction } from "../database/database.ts";
import { countOfDay } from "../database/day-counts.ts";
import { lockRoster } from "../database/roster-lock.ts";
import { getReaders } from "./accepting-roster.ts";

/** Taking a message: docs/protocol.md §10.6. One transaction, and the answer comes after its commit. */

/** A source writes in the mailbox of its token; a member in any that exists. */
export type Author =
  | { readonly by: "source"; readonly mailboxId: MailboxId }
  | { readonly by: "member" };

/** The same for the first post and every repetition of it. */
export type Accepted = { readonly headerHash: Uint8Array; readonly arrival: number };

export type AcceptWorld = {
  readonly db: Database;
  readonly crypto: PublicCrypto;
  readonly newsroomId: () => Promise<NewsroomId>;
  readonly today: () => number;
  /** Throws no-room when there is none for so many bytes. */
  readonly takeRoom: (bytes: number) => Promise<void>;
};

/** Waiting for a lock or a connection under load is no failure. */
const TRANSACTION = { maxWait: 20_000, timeout: 30_000 };

/** Throws bad-request for an id of another mailbox's message: wraps and copies go by message ids. */
const findStored = async (tx: Transaction, { header }: Message): Promise<Accepted | null> => {
  const rows = await tx.message.findMany({
    where: { messageId: bytes(header.messageId) },
    select: { mailboxId: true, headerHash: true, arrival: true },
  });
  const own = rows.find(({ mailboxId }) => equal(mailboxId, header.mailboxId));
  if (own === undefined && rows.length > 0) throw new SealdropError("bad-request");
  return own === undefined ? null : { headerHash: own.headerHash, arrival: own.arrival };
};

const checkMailbox = async (
  tx: Transaction,
  { header }: Message,
  author: Author,
): Promise<void> => {
  if (author.by === "source") return;
  const mailboxId = bytes(header.mailboxId);
  const found = await tx.message.findFirst({ where: { mailboxId }, select: { arrival: true } });
  if (found === null) throw new SealdropError("not-found");
};

type UploadRow = {
  readonly uploadId: Uint8Array;
  readonly mailboxId: Uint8Array;
  readonly partCount: number;
  readonly arrival: number | null;
  readonly held: number;
};

const isClaimable = (row: UploadRow, claim: UploadClaim, mailboxId: MailboxId): boolean =>
  row.arrival === null &&
  equal(row.mailboxId, mailboxId) &&
  row.partCount === claim.partCount &&
  row.held === claim.partCount;

/** Each upload is complete, of this mailbox and unclaimed; the rows stay locked until the commit. */
const checkUploads = async (tx: Transaction, { uploads, message }: MessagePost): Promise<void> => {
  if (uploads.length === 0) return;
  const ids = uploads.map((claim) => Buffer.from(claim.uploadId));
  await tx.$queryRaw`SELECT 1 FROM upload WHERE upload_id = ANY(${ids}) ORDER BY upload_id FOR UPDATE`;
  const rows = await tx.$queryRaw<UploadRow[]>`
    SELECT upload_id AS "uploadId", mailbox_id AS "mailboxId", part_count AS "partCount", arrival,
      (SELECT count(*)::int FROM upload_part AS p WHERE p.upload_id = u.upload_id) AS held
    FROM upload AS u WHERE upload_id = ANY(${ids})`;
  const complete = uploads.every((claim) => {
    const row = rows.find((one) => equal(one.uploadId, claim.uploadId));
    return row !== undefined && isClaimable(row, claim, message.header.mailboxId);
  });
  if (!complete) throw new SealdropError("upload-missing");
};

/** The counter's row stays locked until the commit: numbers are given in the order of commits, and posts end one by one. */
const nextArrival = async (tx: Transaction): Promise<number> => {
  const [row] = await tx.$queryRaw<{ readonly last: number }[]>`
    UPDATE arrival_counter SET last = last + 1 WHERE id = 1 RETURNING last`;
  if (row === undefined) throw new SealdropError("internal");
  return row.last;
};

export type Place = {
  readonly arrival: number;
  readonly day: number;
  readonly author: Author;
  readonly readers: readonly RosterEntry[];
};

/** A message as its row. */
export const messageRow = (
  crypto: PublicCrypto,
  message: Message,
  { arrival, day, author }: Place,
) => {
  const { header } = message;
  return {
    arrival,
    mailboxId: bytes(header.mailboxId),
    messageId: bytes(header.messageId),
    day,
    by: author.by === "source" ? 0 : 1,
    header: bytes(message.headerBytes),
    headerHash: bytes(headerHash(crypto, message.headerBytes)),
    deleteTokenHash: bytes(header.deleteTokenHash),
    sealedSummary: bytes(message.sealedSummary),
    sealedBody: bytes(message.sealedBody),
    bodyHash: bytes(bodyHash(crypto, message.sealedBody)),
    sourceSlot: bytes(message.slots[0] ?? new Uint8Array()),
    rosterNumber: header.rosterNumber,
    period: header.period,
  };
};

/** One for each reader of the roster that the message names. */
export const slotRows = (message: Message, { arrival, readers }: Place) =>
  readers.map((reader) => ({
    memberNumber: reader.memberNumber,
    arrival,
    period: message.header.period,
    generation: reader.generation,
    bytes: bytes(message.slots[reader.position] ?? new Uint8Array()),
  }));

const claimUploads = async (
  tx: Transaction,
  uploads: readonly UploadClaim[],
  arrival: number,
): Promise<void> => {
  if (uploads.length === 0) return;
  const ids = uploads.map((claim) => bytes(claim.uploadId));
  await tx.upload.updateMany({ where: { uploadId: { in: ids } }, data: { arrival } });
};

/** Ends a transaction that comes second, so that its number is given to nobody. */
class StoredMeanwhile extends Error {
  readonly first: Accepted;
  constructor(first: Accepted) {
    super("stored meanwhile");
    this.first = first;
  }
}

export const createAccept = ({ db, crypto, newsroomId, today, takeRoom }: AcceptWorld) => {
  const take = async (tx: Transaction, post: MessagePost, author: Author): Promise<Accepted> => {
    const { message, uploads } = post;
    await lockRoster(tx, "shared");
    await checkMailbox(tx, message, author);
    const day = today();
    const readers = await getReaders(tx, message.header, day);
    if (message.slots.length !== readers.length + 1) throw new SealdropError("roster-changed");
    await checkUploads(tx, post);
    const arrival = await nextArrival(tx);
    // Of two at once the second has waited for the counter.
    const first = await findStored(tx, message);
    if (first !== null) throw new StoredMeanwhile(first);
    const place = { arrival, day, author, readers };
    const accepted = await tx.message.create({
      data: messageRow(crypto, message, place),
      select: { headerHash: true, arrival: true },
    });
    await tx.slot.createMany({ data: slotRows(message, place) });
    await claimUploads(tx, uploads, arrival);
    const what = author.by === "source" ? "received" : "written";
    await countOfDay(tx, day, { what, count: 1 });
    return accepted;
  };

  const checkAddress = async ({ header }: Message, author: Author): Promise<void> => {
    if (!equal(header.newsroomId, await newsroomId())) throw new SealdropError("bad-request");
    if (author.by === "source" && !equal(author.mailboxId, header.mailboxId)) {
      throw new SealdropError("forbidden");
    }
  };

  /** Throws forbidden, not-found, roster-changed, upload-missing, bad-request, no-room. */
  return async (post: MessagePost, author: Author): Promise<Accepted> => {
    await checkAddress(post.message, author);
    // Before everything else: a repetition succeeds even when the roster has changed since, or the box become full.
    const early = await findStored(db, post.message);
    if (early !== null) return early;
    await takeRoom(post.message.sealedBody.length + post.message.slots.length * SLOT);
    try {
      return await db.$transaction((tx) => take(tx, post, author), TRANSACTION);
    } catch (error) {
      if (error instanceof StoredMeanwhile) return error.first;
      // Of two at once the second finds the files claimed, or the roster changed since the first.
      const first = await findStored(db, post.message);
      if (first !== null) return first;
      throw error;
    }
  };
};
