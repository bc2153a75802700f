import { randomBytes } from "node:crypto";
import { Worker } from "node:worker_threads";
import type pg from "pg";
import { WRAP } from "../../src/protocol/public/limits.ts";
import type { Age, MessageRow } from "./conversations.ts";
import type { BenchNewsroom } from "./newsroom.ts";
import type { SealOrder } from "./seal-worker.ts";
import type { Service } from "./service.ts";

/** Puts really sealed conversations into a service's database, many rows at a time. */
export type Storing = {
  readonly age: Age;
  readonly conversations: number;
  /** Messages in each; mixed where it is left out. */
  readonly messages?: number;
};

const THREADS = 2;

const COLUMNS = `arrival, mailbox_id, message_id, day, by, header, header_hash, delete_token_hash,
  sealed_summary, sealed_body, body_hash, source_slot, roster_number, period`;

const valuesOf = (row: MessageRow, arrival: number): readonly unknown[] => [
  arrival,
  Buffer.from(row.mailboxId),
  Buffer.from(row.messageId),
  row.day,
  row.by,
  Buffer.from(row.header),
  Buffer.from(row.headerHash),
  Buffer.from(row.deleteTokenHash),
  Buffer.from(row.sealedSummary),
  Buffer.from(row.sealedBody),
  Buffer.from(row.bodyHash),
  Buffer.from(row.sourceSlot),
  row.rosterNumber,
  row.period,
];

/** `($1, $2), ($3, $4)` for so many rows. */
const places = (rows: number, columns: number): string =>
  Array.from({ length: rows }, (_, row) => {
    const list = Array.from(
      { length: columns },
      (_each, column) => `$${row * columns + column + 1}`,
    );
    return `(${list.join(", ")})`;
  }).join(", ");

const insert = async (
  client: pg.Client,
  into: string,
  rows: readonly (readonly unknown[])[],
): Promise<void> => {
  const [first] = rows;
  if (first === undefined) return;
  await client.query(
    `INSERT INTO ${into} VALUES ${places(rows.length, first.length)}`,
    rows.flat(),
  );
};

const slotRows = (
  newsroom: BenchNewsroom,
  row: MessageRow,
  arrival: number,
): readonly (readonly unknown[])[] =>
  newsroom.journalists.map(({ entry }, index) => {
    const own = index === 0 ? row.wrap : randomBytes(WRAP);
    const slot = row.slots[index];
    const wrap = row.wrap === null ? null : Buffer.from(own ?? randomBytes(WRAP));
    const bytes = slot === undefined ? null : Buffer.from(slot);
    return [entry.memberNumber, arrival, row.period, 0, bytes, wrap, wrap !== null];
  });

const SLOTS = "slot (member_number, arrival, period, generation, bytes, wrap, tried)";

const storeRows = async (
  client: pg.Client,
  newsroom: BenchNewsroom,
  rows: readonly MessageRow[],
): Promise<number> => {
  const { rows: counted } = await client.query<{ readonly last: number }>(
    "UPDATE arrival_counter SET last = last + $1 WHERE id = 1 RETURNING last",
    [rows.length],
  );
  const first = (counted[0]?.last ?? 0) - rows.length + 1;
  await insert(
    client,
    `message (${COLUMNS})`,
    rows.map((row, i) => valuesOf(row, first + i)),
  );
  await insert(
    client,
    SLOTS,
    rows.flatMap((row, i) => slotRows(newsroom, row, first + i)),
  );
  return rows.length;
};

/** The parts of a newsroom that sealing needs, and that can be sent to a thread. */
const forThread = ({ login: _login, ...newsroom }: BenchNewsroom) => newsroom;

/** Answers how many messages that gave. */
export const storeConversations = async (
  service: Service,
  newsroom: BenchNewsroom,
  { age, conversations, messages }: Storing,
): Promise<number> =>
  service.withDatabase(async (client) => {
    let stored = 0;
    let writing: Promise<void> = Promise.resolve();
    const take = (rows: readonly MessageRow[]): void => {
      writing = writing.then(async () => {
        stored += await storeRows(client, newsroom, rows);
      });
    };
    const run = (share: number): Promise<void> =>
      new Promise((resolve, reject) => {
        const stage = { newsroom: forThread(newsroom), archive: newsroom.archive, age };
        const order: SealOrder = {
          stage,
          conversations: share,
          ...(messages !== undefined && { messages }),
        };
        const worker = new Worker(new URL("./seal-worker.mjs", import.meta.url), {
          workerData: order,
        });
        worker.on("message", take);
        worker.on("error", reject);
        worker.on("exit", () => resolve());
      });
    const half = Math.ceil(conversations / THREADS);
    await Promise.all([run(half), run(conversations - half)]);
    await writing;
    await client.query("VACUUM ANALYZE message, slot");
    return stored;
  });
