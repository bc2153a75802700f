import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concat } from "../../src/protocol/public/bytes.ts";
import type { UploadId } from "../../src/protocol/public/crypto.ts";
import { parseMessage } from "../../src/protocol/public/envelope.ts";
import type { Database } from "../../src/server/database/database.ts";
import { measureStoredBytes } from "../../src/server/database/stored-bytes.ts";
import { deleteMessages } from "../../src/server/messages/delete.ts";
import { type PaperNewsroom, sealTip } from "../support/paper-newsroom.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  asMember,
  enterMailbox,
  list,
  memberCookie,
  parseStored,
  storeNewsroom,
  type TestSource,
  tipFrom,
} from "../support/stored-newsroom.ts";
import { sodium } from "../vectors/backends.ts";

let server: TestServer;
let newsroom: PaperNewsroom;
let ann: ReturnType<typeof asMember>;
beforeAll(async () => {
  server = await startTestServer();
  newsroom = await storeNewsroom(server);
  ann = asMember(await memberCookie(server, 1), server);
});
afterAll(() => server.stop());

const stored = async (source: TestSource) => {
  const tip = tipFrom(newsroom, source);
  const { arrival } = parseStored(await source.post(tip.bytes));
  return { ...tip, arrival, messageId: parseMessage(sodium, tip.bytes).header.messageId };
};

/** A message into the source's mailbox under an id that somebody chose. */
const underId = (source: TestSource, id: Uint8Array): Uint8Array => {
  let first = true;
  const random = (length: number): Uint8Array => {
    const chosen = first ? id : sodium.random(length);
    first = false;
    return chosen;
  };
  const tip = { source: source.keys, addressed: [1], text: "another" };
  return sealTip({ ...sodium, random }, newsroom, tip).bytes;
};

describe("a message id that somebody else's message has", () => {
  // Wraps and copies go by message id: a second message under it would take what belongs to the first.
  it("is refused to members and sources", async () => {
    const { messageId, arrival } = await stored(await enterMailbox(server, newsroom));
    const other = await enterMailbox(server, newsroom);
    await stored(other);
    const bytes = underId(other, messageId);
    const answers = [await ann.post("/api/messages", concat([Uint8Array.of(0, 0), bytes]))];
    answers.push(await other.post(bytes));
    expect(answers.map(({ code }) => code)).toEqual(["bad-request", "bad-request"]);
    const rows = await server.pool.query("SELECT arrival FROM message WHERE message_id = $1", [
      messageId,
    ]);
    expect(rows.rows).toEqual([{ arrival }]);
  });

  it("cannot be had by sending two at once", async () => {
    const sources = [await enterMailbox(server, newsroom), await enterMailbox(server, newsroom)];
    const id = sodium.random(16);
    const answers = await Promise.all(sources.map((source) => source.post(underId(source, id))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });
});

describe("a message that comes while a reader deletes the last one", () => {
  it("is not lost once it was acknowledged", async () => {
    const source = await enterMailbox(server, newsroom);
    const last = await stored(source);
    let late = 0;
    const between = server.world.db.$extends({
      query: {
        message: {
          findFirst: async ({ args, query }) => {
            const found = await query(args);
            late = (await stored(source)).arrival;
            return found;
          },
        },
      },
    }) as unknown as Database;
    const deletion = { messageId: last.messageId, token: last.deleteToken };
    await deleteMessages({ db: between, crypto: sodium, today: 0 }, [deletion]);
    const left = await server.pool.query("SELECT 1 FROM message WHERE arrival = $1", [late]);
    expect(left.rowCount).toBe(1);
  });
});

describe("at once", () => {
  const WRAP = new Uint8Array(108).fill(5);
  const KEY = new Uint8Array(16).fill(7);

  it("deleting, wrapping and removing the same messages in any order is no fault", async () => {
    const source = await enterMailbox(server, newsroom);
    for (let round = 0; round < 2; round++) {
      const messages = [];
      for (let i = 0; i < 8; i++) messages.push(await stored(source));
      const wraps = messages.map(({ messageId }) => concat([messageId, WRAP]));
      const deletions = messages.map((one) => concat([one.messageId, one.deleteToken]));
      const answers = await Promise.all([
        ann.post("/api/messages/wraps", concat([KEY, list(wraps)])),
        ann.post("/api/messages/delete", list(deletions)),
        ann.post("/api/messages/wraps", concat([KEY, list(wraps.toReversed())])),
        ann.post("/api/messages/delete", list(deletions.toReversed())),
        ann.post("/api/messages/remove-copy", list(wraps.toReversed())),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204]);
    }
  });
});

describe("a message with a file", () => {
  it("sent twice at once gets one answer", async () => {
    const source = await enterMailbox(server, newsroom);
    for (let round = 0; round < 5; round++) {
      const upload = { uploadId: sodium.random(16) as UploadId, partCount: 1 };
      await source.put(upload.uploadId, { index: 0, count: 1, bytes: new Uint8Array(500) });
      const { bytes } = tipFrom(newsroom, source);
      const answers = await Promise.all([1, 2, 3].map(() => source.post(bytes, [upload])));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    }
  });
});

describe("a message sent again because its answer was lost", () => {
  it("gets that answer even when the box has become full", async () => {
    const source = await enterMailbox(server, newsroom);
    const { bytes } = tipFrom(newsroom, source);
    const first = await source.post(bytes);
    const { usedBytes } = await measureStoredBytes(server.pool);
    await server.world.db.intakeCeilings.create({
      data: {
        id: 1,
        ceilingBytes: BigInt(usedBytes),
        unclaimedBytes: 0n,
        textReserveBytes: 0n,
      },
    });
    server.moveSeconds(3_600 / 4);
    const again = await source.post(bytes);
    const other = await source.post(tipFrom(newsroom, source).bytes);
    await server.world.db.intakeCeilings.deleteMany();
    server.moveSeconds(10);
    expect([again.status, again.bytes]).toEqual([200, first.bytes]);
    expect(other.code).toBe("no-room");
  });
});
