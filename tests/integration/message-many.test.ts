import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concat, hex, u16 } from "../../src/protocol/public/bytes.ts";
import { parseMessage } from "../../src/protocol/public/envelope.ts";
import {
  encodeMailboxes,
  encodeManyPost,
  MOST_AT_ONCE,
  parseManyBodies,
  parsePlaced,
} from "../../src/protocol/public/many.ts";
import { measureStoredBytes } from "../../src/server/database/stored-bytes.ts";
import type { PaperJournalist, PaperNewsroom } from "../support/paper-newsroom.ts";
import { sealReply } from "../support/paper-reply.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  asMember,
  enterMailbox,
  memberCookie,
  storeNewsroom,
  type TestSource,
  tipFrom,
} from "../support/stored-newsroom.ts";
import { sumo } from "../vectors/backends.ts";

const POST = "/api/messages/many";
const BODIES = "/api/mailboxes/bodies";

let server: TestServer;
let newsroom: PaperNewsroom;
let ann: ReturnType<typeof asMember>;
beforeAll(async () => {
  server = await startTestServer();
  newsroom = await storeNewsroom(server);
  ann = asMember(await memberCookie(server, 1), server);
});
afterAll(() => server.stop());

const withTip = async (): Promise<TestSource> => {
  const source = await enterMailbox(server, newsroom);
  await source.post(tipFrom(newsroom, source).bytes);
  return source;
};

const replyTo = ({ keys }: Pick<TestSource, "keys">, text = "Thank you.") =>
  sealReply(sumo, newsroom, {
    writer: newsroom.journalists[0] as PaperJournalist,
    source: keys,
    addressed: [1],
    body: { text },
  });

const countOf = async (sql: string): Promise<number> =>
  (await server.pool.query(`SELECT count(*)::int AS n FROM ${sql}`)).rows[0].n;

const bytesOf = (got: { readonly bytes: Buffer }) => new Uint8Array(got.bytes);

describe("a member's messages to many mailboxes", () => {
  it("are each stored as one alone would be, in the order of the post", async () => {
    const sources = [await withTip(), await withTip(), await withTip()];
    const replies = sources.map((source) => replyTo(source));
    const got = await ann.post(POST, encodeManyPost(replies.map(({ bytes }) => bytes)));
    const placed = parsePlaced(bytesOf(got), 3);
    expect(placed.map((one) => hex(one?.headerHash ?? new Uint8Array()))).toEqual(
      replies.map(({ headerHash }) => hex(headerHash)),
    );
    const [first = null, second = null, third = null] = placed.map((one) => one?.arrival ?? null);
    expect([second, third]).toEqual([(first ?? 0) + 1, (first ?? 0) + 2]);
    const { rows } = await server.pool.query(
      "SELECT m.by, count(s.*)::int AS slots FROM message AS m JOIN slot AS s USING (arrival) WHERE arrival >= $1 GROUP BY arrival, m.by",
      [first],
    );
    expect(rows).toEqual([1, 2, 3].map(() => ({ by: 1, slots: 3 })));
  });

  it("are stored once, however often and however many at a time they come", async () => {
    const replies = [replyTo(await withTip()), replyTo(await withTip())];
    const body = encodeManyPost(replies.map(({ bytes }) => bytes));
    const before = await countOf("message");
    const answers = await Promise.all(Array.from({ length: 6 }, () => ann.post(POST, body)));
    const all = new Set(answers.map((answer) => hex(bytesOf(answer))));
    expect([answers.map(({ status }) => status), all.size]).toEqual([answers.map(() => 200), 1]);
    expect(await countOf("message")).toBe(before + 2);
    const single = concat([u16(0), replies[0]?.bytes ?? new Uint8Array()]);
    expect((await ann.post("/api/messages", single)).status).toBe(200);
    expect(await countOf("message")).toBe(before + 2);
  });

  it("get their answer again when the box has become full meanwhile", async () => {
    const replies = [replyTo(await withTip()), replyTo(await withTip())];
    const body = encodeManyPost(replies.map(({ bytes }) => bytes));
    const first = await ann.post(POST, body);
    const other = replyTo(await withTip());
    const { usedBytes } = await measureStoredBytes(server.pool);
    const ceilings = { ceilingBytes: BigInt(usedBytes), unclaimedBytes: 0n, textReserveBytes: 0n };
    await server.world.db.intakeCeilings.create({ data: { id: 1, ...ceilings } });
    server.moveSeconds(60);
    const again = await ann.post(POST, body);
    const more = await ann.post(POST, encodeManyPost([other.bytes]));
    await server.world.db.intakeCeilings.deleteMany();
    server.moveSeconds(10);
    expect([again.status, hex(bytesOf(again))]).toEqual([200, hex(bytesOf(first))]);
    expect(more.code).toBe("no-room");
  });

  it("pass over a mailbox that is no longer there", async () => {
    const there = replyTo(await withTip());
    const gone = replyTo(await enterMailbox(server, newsroom));
    const got = await ann.post(POST, encodeManyPost([gone.bytes, there.bytes]));
    const [first, second] = parsePlaced(bytesOf(got), 2);
    expect([first, second === null]).toEqual([null, false]);
  });

  it("are all refused when one is under an old list, and answered when they are stored already", async () => {
    const source = await withTip();
    const stored = replyTo(source);
    await ann.post(POST, encodeManyPost([stored.bytes]));
    const fresh = replyTo(source, "Another");
    const before = await countOf("message");
    await server.pool.query("UPDATE roster SET valid_until_day = 1");
    const both = encodeManyPost([stored.bytes, fresh.bytes]);
    expect((await ann.post(POST, both)).code).toBe("roster-changed");
    expect((await ann.post(POST, encodeManyPost([stored.bytes]))).status).toBe(200);
    expect(await countOf("message")).toBe(before);
    await server.pool.query("UPDATE roster SET valid_until_day = $1", [newsroom.day + 35]);
  });

  it("cannot take another mailbox's message's id, nor one id twice", async () => {
    const stored = replyTo(await withTip());
    await ann.post(POST, encodeManyPost([stored.bytes]));
    const other = replyTo(await withTip());
    const stolen = Uint8Array.from(other.bytes);
    stolen.set(parseMessage(sumo, stored.bytes).header.messageId, 2 + 32 + 16);
    for (const bytes of [[stolen], [other.bytes, other.bytes]]) {
      expect((await ann.post(POST, encodeManyPost(bytes))).code).toBe("bad-request");
    }
  });

  it("come in no other shape, and from nobody else", async () => {
    const { bytes } = replyTo(await withTip());
    const right = encodeManyPost([bytes]);
    for (const wrong of [
      new Uint8Array(),
      u16(0),
      right.subarray(0, -1),
      concat([right, Uint8Array.of(0)]),
      concat([u16(MOST_AT_ONCE + 1), right.subarray(2)]),
    ]) {
      expect([wrong.length, (await ann.post(POST, wrong)).status]).toEqual([wrong.length, 400]);
    }
    expect((await ann.post(POST, new Uint8Array(2_097_153))).status).toBe(413);
    expect((await asMember("", server).post(POST, right)).code).toBe("not-logged-in");
  });
});

describe("bodies of many mailboxes", () => {
  it("come together, and of nothing else", async () => {
    const sources = [await withTip(), await withTip()];
    await withTip();
    const got = await ann.post(BODIES, encodeMailboxes(sources.map(({ keys }) => keys.id)));
    expect(parseManyBodies(bytesOf(got)).map(({ sealedBody }) => sealedBody.length)).toEqual([
      4_112, 4_112,
    ]);
    const nobody = await ann.post(BODIES, encodeMailboxes([new Uint8Array(16)]));
    expect(parseManyBodies(bytesOf(nobody))).toEqual([]);
  });

  it("are asked for in no other shape, and by nobody else", async () => {
    for (const wrong of [new Uint8Array(), u16(0), u16(1), new Uint8Array(19)]) {
      expect([wrong.length, (await ann.post(BODIES, wrong)).status]).toEqual([wrong.length, 400]);
    }
    expect((await ann.post(BODIES, new Uint8Array(1_000))).status).toBe(413);
    const answer = await asMember("", server).post(BODIES, new Uint8Array(2));
    expect(answer.code).toBe("not-logged-in");
  });
});
