import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseBlock } from "../../src/protocol/public/block.ts";
import { concat } from "../../src/protocol/public/bytes.ts";
import { parseMessage } from "../../src/protocol/public/envelope.ts";
import { lockWaits } from "../support/lock-waits.ts";
import type { PaperNewsroom } from "../support/paper-newsroom.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  asMember,
  enterMailbox,
  list,
  memberCookie,
  storeNewsroom,
  tipFrom,
} from "../support/stored-newsroom.ts";
import { sodium } from "../vectors/backends.ts";

const PATH = "/api/messages/shared-wraps";
const KEY = new Uint8Array(16).fill(7);
const wrapOf = (filling: number): Uint8Array => new Uint8Array(108).fill(filling);

let server: TestServer;
let newsroom: PaperNewsroom;
let cem: ReturnType<typeof asMember>;
let messageId: Uint8Array;
let deleteToken: Uint8Array;
beforeAll(async () => {
  server = await startTestServer();
  newsroom = await storeNewsroom(server);
});
afterAll(() => server.stop());
beforeEach(async () => {
  cem = asMember(await memberCookie(server, 3), server);
  const source = await enterMailbox(server, newsroom);
  const tip = tipFrom(newsroom, source);
  await source.post(tip.bytes);
  messageId = parseMessage(sodium, tip.bytes).header.messageId;
  deleteToken = tip.deleteToken;
});

const postOf = (wraps: readonly (readonly [Uint8Array, Uint8Array])[], key = KEY): Uint8Array =>
  concat([key, list(wraps.map((pair) => concat(pair)))]);

const own = async () => {
  const { bytes } = await cem.get("/api/messages/block?before=0");
  return parseBlock(new Uint8Array(bytes)).rows[0]?.own;
};

/** As if Cem had joined only after the tip. */
const forgetSlots = () => server.pool.query("DELETE FROM slot WHERE member_number = 3");

describe("wraps of shared history", () => {
  it("are kept for a message from before one's time, and read in blocks from then on", async () => {
    await forgetSlots();
    expect(await own()).toBeNull();
    expect((await cem.post(PATH, postOf([[messageId, wrapOf(1)]]))).status).toBe(204);
    expect(await own()).toEqual({ kind: "wrap", bytes: wrapOf(1) });
  });

  it("take the place of a decoy's wrap, also where the slot has gone", async () => {
    await server.pool.query(
      "UPDATE slot SET bytes = NULL, wrap = $1, tried = true WHERE member_number = 3",
      [Buffer.from(wrapOf(9))],
    );
    await cem.post(PATH, postOf([[messageId, wrapOf(2)]]));
    expect(await own()).toEqual({ kind: "wrap", bytes: wrapOf(2) });
  });

  it("leave a slot until its period's key goes, so that it can still be opened", async () => {
    await cem.post(PATH, postOf([[messageId, wrapOf(3)]]));
    const { rows } = await server.pool.query(
      "SELECT bytes IS NOT NULL AS kept, tried FROM slot WHERE member_number = 3 ORDER BY arrival DESC LIMIT 1",
    );
    expect(rows).toEqual([{ kept: true, tried: true }]);
  });

  it("touch nobody else's row", async () => {
    const before = await server.pool.query(
      "SELECT * FROM slot WHERE member_number <> 3 ORDER BY 1, 2",
    );
    await cem.post(PATH, postOf([[messageId, wrapOf(4)]]));
    const after = await server.pool.query(
      "SELECT * FROM slot WHERE member_number <> 3 ORDER BY 1, 2",
    );
    expect(after.rows).toEqual(before.rows);
  });

  it("can be stored again, twice in one post, at once, and for what is not there", async () => {
    await forgetSlots();
    const twice = postOf([
      [messageId, wrapOf(5)],
      [messageId, wrapOf(5)],
      [new Uint8Array(16), wrapOf(5)],
    ]);
    const answers = await Promise.all(Array.from({ length: 6 }, () => cem.post(PATH, twice)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 204));
    expect(await own()).toEqual({ kind: "wrap", bytes: wrapOf(5) });
  });

  it("end with the message, whichever of the two comes first", async () => {
    await forgetSlots();
    const deletion = list([concat([messageId, deleteToken])]);
    const [stored, deleted] = await Promise.all([
      cem.post(PATH, postOf([[messageId, wrapOf(6)]])),
      cem.post("/api/messages/delete", deletion),
    ]);
    expect([stored.status, deleted.status]).toEqual([204, 204]);
    const { rowCount } = await server.pool.query(
      "SELECT 1 FROM slot LEFT JOIN message USING (arrival) WHERE message.arrival IS NULL",
    );
    expect(rowCount).toBe(0);
  });

  it("make no rows for somebody who is retired in that moment", async () => {
    await forgetSlots();
    const admin = await server.pool.connect();
    await admin.query("BEGIN");
    await admin.query("DELETE FROM account WHERE member_number = 3");
    const storing = cem.post(PATH, postOf([[messageId, wrapOf(6)]]));
    await lockWaits(server.pool);
    await admin.query("COMMIT");
    admin.release();
    expect((await storing).code).toBe("forbidden");
    const { rowCount } = await server.pool.query("SELECT 1 FROM slot WHERE member_number = 3");
    expect(rowCount).toBe(0);
  });

  it("are refused under another archive key, and in any other shape", async () => {
    await cem.post(PATH, postOf([[messageId, wrapOf(1)]]));
    const other = postOf([[messageId, wrapOf(8)]], new Uint8Array(16));
    expect((await cem.post(PATH, other)).code).toBe("vault-changed");
    const right = postOf([[messageId, wrapOf(8)]]);
    for (const wrong of [
      new Uint8Array(),
      right.subarray(0, -1),
      concat([right, new Uint8Array(1)]),
      concat([KEY, Uint8Array.of(1, 1)]),
      concat([KEY, list(Array.from({ length: 257 }, () => concat([messageId, wrapOf(8)])))]),
    ]) {
      const { status } = await cem.post(PATH, wrong);
      expect([wrong.length, [400, 413].includes(status)]).toEqual([wrong.length, true]);
    }
    expect(await own()).toEqual({ kind: "wrap", bytes: wrapOf(1) });
  });

  it("are for members with a session", async () => {
    expect((await asMember("", server).post(PATH, new Uint8Array(2))).code).toBe("not-logged-in");
    await server.pool.query("UPDATE account SET member_number = NULL WHERE member_number = 3");
    expect((await cem.post(PATH, postOf([[messageId, wrapOf(1)]]))).code).toBe("forbidden");
    await server.pool.query("DELETE FROM account WHERE user_name = 'member-3'");
  });
});
