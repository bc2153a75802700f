import { equal, hex } from "../../protocol/public/bytes.ts";
import { type Header, headerHash, type Message } from "../../protocol/public/envelope.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { SLOT } from "../../protocol/public/limits.ts";
import type { Placed } from "../../protocol/public/many.ts";
import type { RosterEntry } from "../../protocol/public/roster.ts";
import { bytes, type Transaction } from "../database/database.ts";
import { countOfDay } from "../database/day-counts.ts";
import { lockRoster } from "../database/roster-lock.ts";
import { type AcceptWorld, messageRow, slotRows } from "./accept.ts";
import { getReaders } from "./accepting-roster.ts";

/**
 * Taking a member's messages to many mailboxes at once: the same checks as for one, in one transaction, with the counter's row
 * locked before anything is looked up. All that can be stored is, or none.
 */

const TRANSACTION = { maxWait: 20_000, timeout: 60_000 };

const keyOf = (id: Uint8Array): string => hex(id);

/** Held to the commit, as by every post: whoever comes after finds what is stored here. */
const lockCounter = (tx: Transaction) =>
  tx.$executeRaw`SELECT last FROM arrival_counter WHERE id = 1 FOR UPDATE`;

const takeArrivals = async (tx: Transaction, count: number): Promise<number> => {
  const [row] = await tx.$queryRaw<{ readonly last: number }[]>`
    UPDATE arrival_counter SET last = last + ${count}::int WHERE id = 1 RETURNING last`;
  if (row === undefined) throw new SealdropError("internal");
  return row.last - count + 1;
};

/** By message id. Throws bad-request for an id of another mailbox's message. */
const findStored = async (
  tx: Transaction,
  messages: readonly Message[],
): Promise<ReadonlyMap<string, NonNullable<Placed>>> => {
  const rows = await tx.message.findMany({
    where: { messageId: { in: messages.map(({ header }) => bytes(header.messageId)) } },
    select: { messageId: true, mailboxId: true, headerHash: true, arrival: true },
  });
  const headers = new Map(messages.map(({ header }) => [keyOf(header.messageId), header]));
  return new Map(
    rows.map(({ messageId, mailboxId, headerHash, arrival }) => {
      const own = headers.get(keyOf(messageId));
      if (own === undefined || !equal(own.mailboxId, mailboxId)) {
        throw new SealdropError("bad-request");
      }
      return [keyOf(messageId), { headerHash, arrival }];
    }),
  );
};

const findMailboxes = async (
  tx: Transaction,
  messages: readonly Message[],
): Promise<ReadonlySet<string>> => {
  const ids = messages.map(({ header }) => Buffer.from(header.mailboxId));
  const rows = await tx.$queryRaw<{ readonly mailbox_id: Uint8Array }[]>`
    SELECT DISTINCT mailbox_id FROM message WHERE mailbox_id = ANY(${ids}::bytea[])`;
  return new Set(rows.map((row) => keyOf(row.mailbox_id)));
};

type ReadersOf = (header: Header) => Promise<readonly RosterEntry[]>;

/** Each list of journalists is looked up once. */
const createReaders = (tx: Transaction, day: number): ReadersOf => {
  const known = new Map<string, Promise<readonly RosterEntry[]>>();
  return (header) => {
    const key = `${header.rosterNumber}-${hex(header.rosterHash)}-${header.period}`;
    const found = known.get(key) ?? getReaders(tx, header, day);
    known.set(key, found);
    return found;
  };
};

export const createAcceptMany = ({ db, crypto, newsroomId, today, takeRoom }: AcceptWorld) => {
  const insert = async (tx: Transaction, messages: readonly Message[]): Promise<number> => {
    const day = today();
    const readersOf = createReaders(tx, day);
    const readers = new Map<Message, readonly RosterEntry[]>();
    for (const message of messages) {
      const found = await readersOf(message.header);
      if (message.slots.length !== found.length + 1) throw new SealdropError("roster-changed");
      readers.set(message, found);
    }
    const first = await takeArrivals(tx, messages.length);
    const placed = messages.map((message, i) => ({
      message,
      place: {
        arrival: first + i,
        day,
        author: { by: "member" } as const,
        readers: readers.get(message) ?? [],
      },
    }));
    await tx.message.createMany({
      data: placed.map(({ message, place }) => messageRow(crypto, message, place)),
    });
    await tx.slot.createMany({
      data: placed.flatMap(({ message, place }) => slotRows(message, place)),
    });
    await countOfDay(tx, day, { what: "written", count: messages.length });
    return first;
  };

  const take = async (
    tx: Transaction,
    messages: readonly Message[],
  ): Promise<readonly Placed[]> => {
    await lockRoster(tx, "shared");
    await lockCounter(tx);
    const stored = await findStored(tx, messages);
    const fresh = messages.filter(({ header }) => !stored.has(keyOf(header.messageId)));
    const mailboxes = await findMailboxes(tx, fresh);
    const wanted = fresh.filter(({ header }) => mailboxes.has(keyOf(header.mailboxId)));
    const first = wanted.length === 0 ? 0 : await insert(tx, wanted);
    return messages.map((message): Placed => {
      const known = stored.get(keyOf(message.header.messageId));
      if (known !== undefined) return known;
      const at = wanted.indexOf(message);
      if (at < 0) return null;
      return { headerHash: headerHash(crypto, message.headerBytes), arrival: first + at };
    });
  };

  /** Throws roster-changed, bad-request, no-room. */
  return async (messages: readonly Message[]): Promise<readonly Placed[]> => {
    const newsroom = await newsroomId();
    const ids = new Set(messages.map(({ header }) => keyOf(header.messageId)));
    const ours = messages.every(({ header }) => equal(header.newsroomId, newsroom));
    if (!ours || ids.size !== messages.length) throw new SealdropError("bad-request");
    // Before everything else: a repetition succeeds even when the box has become full.
    const stored = await findStored(db, messages);
    const fresh = messages.filter(({ header }) => !stored.has(keyOf(header.messageId)));
    const room = fresh.map(({ sealedBody, slots }) => sealedBody.length + slots.length * SLOT);
    if (room.length > 0) await takeRoom(room.reduce((sum, one) => sum + one, 0));
    return db.$transaction((tx) => take(tx, messages), TRANSACTION);
  };
};
