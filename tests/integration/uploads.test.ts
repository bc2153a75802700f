import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { base64url } from "../../src/protocol/public/bytes.ts";
import type { UploadId } from "../../src/protocol/public/crypto.ts";
import { codeOf } from "../../src/server/http/faults.ts";
import type { PaperNewsroom } from "../support/paper-newsroom.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  asMember,
  enterMailbox,
  memberCookie,
  storeNewsroom,
  tipFrom,
} from "../support/stored-newsroom.ts";
import { sodium } from "../vectors/backends.ts";

let server: TestServer;
let newsroom: PaperNewsroom;
beforeAll(async () => {
  server = await startTestServer();
  newsroom = await storeNewsroom(server);
});
afterAll(() => server.stop());
afterEach(async () => {
  await server.world.db.intakeCeilings.deleteMany();
  server.moveSeconds(10);
});

const MIB = 1_048_576;
const newId = () => sodium.random(16) as UploadId;
const full = (fill: number) => new Uint8Array(MIB).fill(fill);
const last = new Uint8Array(100).fill(9);

const held = async (source: Awaited<ReturnType<typeof enterMailbox>>, id: UploadId) => {
  const { bytes } = await source.ask(`/api/uploads/${base64url(id)}`);
  return bytes.toString("hex");
};

/** One file of two parts, stored. */
const uploadTwo = async (source: Awaited<ReturnType<typeof enterMailbox>>) => {
  const uploadId = newId();
  await source.put(uploadId, { index: 0, count: 2, bytes: full(1) });
  await source.put(uploadId, { index: 1, count: 2, bytes: last });
  return { uploadId, partCount: 2 };
};

describe("parts of a file", () => {
  it("may come in any order and twice; the first stored wins and the answer is the same", async () => {
    const source = await enterMailbox(server, newsroom);
    const uploadId = newId();
    const put = (index: number, bytes: Uint8Array) =>
      source.put(uploadId, { index, count: 2, bytes });
    const answers = [await put(1, last), await put(0, full(1)), await put(0, full(2))];
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    const { rows } = await server.pool.query(
      "SELECT get_byte(bytes, 0) AS first FROM upload_part WHERE upload_id = $1 ORDER BY index",
      [uploadId],
    );
    expect(rows).toEqual([{ first: 1 }, { first: 9 }]);
  });

  it("are told by a bit map, which of an unknown or another's upload is empty", async () => {
    const source = await enterMailbox(server, newsroom);
    const other = await enterMailbox(server, newsroom);
    const uploadId = newId();
    await source.put(uploadId, { index: 1, count: 10, bytes: full(1) });
    expect(await held(source, uploadId)).toBe("0000000a4000");
    expect([await held(other, uploadId), await held(source, newId())]).toEqual([
      "00000000",
      "00000000",
    ]);
  });

  it("of another count or another mailbox are a conflict", async () => {
    const source = await enterMailbox(server, newsroom);
    const other = await enterMailbox(server, newsroom);
    const uploadId = newId();
    await source.put(uploadId, { index: 0, count: 2, bytes: full(1) });
    const wrong = [
      await source.put(uploadId, { index: 0, count: 3, bytes: full(1) }),
      await other.put(uploadId, { index: 1, count: 2, bytes: last }),
    ];
    expect(wrong.map(({ code }) => code)).toEqual(["upload-conflict", "upload-conflict"]);
  });

  it("are refused when too large, too small, past the count, or short in the middle", async () => {
    const source = await enterMailbox(server, newsroom);
    const put = async (index: number, count: number, bytes: Uint8Array) =>
      (await source.put(newId(), { index, count, bytes })).code;
    expect(await put(0, 1, new Uint8Array(MIB + 1))).toBe("too-large");
    expect(await put(0, 1, new Uint8Array(40))).toBe("bad-request");
    expect(await put(2, 2, last)).toBe("bad-request");
    expect(await put(0, 2, last)).toBe("bad-request");
    expect(await put(0, 2_113, full(1))).toBe("bad-request");
  });

  it("go when they are removed before sending, and stay when a message has claimed them", async () => {
    const source = await enterMailbox(server, newsroom);
    const removed = await uploadTwo(source);
    const claimed = await uploadTwo(source);
    await source.post(tipFrom(newsroom, source).bytes, [claimed]);
    for (const { uploadId } of [removed, claimed]) {
      const path = `/api/uploads/${base64url(uploadId)}`;
      expect((await source.ask(path, { method: "DELETE" })).status).toBe(204);
    }
    expect(await held(source, removed.uploadId)).toBe("00000000");
    expect(await held(source, claimed.uploadId)).toBe("00000002c0");
  });
});

describe("a message with files", () => {
  it("is refused while a part is missing, or the upload is another's or already claimed", async () => {
    const source = await enterMailbox(server, newsroom);
    const other = await enterMailbox(server, newsroom);
    const half = { uploadId: newId(), partCount: 2 };
    await source.put(half.uploadId, { index: 0, count: 2, bytes: full(1) });
    const foreign = await uploadTwo(other);
    const taken = await uploadTwo(source);
    await source.post(tipFrom(newsroom, source).bytes, [taken]);
    const unknown = { uploadId: newId(), partCount: 1 };
    for (const claim of [half, foreign, taken, unknown]) {
      const answer = await source.post(tipFrom(newsroom, source).bytes, [claim]);
      expect([answer.status, answer.code]).toEqual([409, "upload-missing"]);
    }
  });

  it("gives its parts to members, and to nobody before it was sent", async () => {
    const source = await enterMailbox(server, newsroom);
    const upload = await uploadTwo(source);
    const ann = asMember(await memberCookie(server, 1), server);
    const path = `/api/uploads/${base64url(upload.uploadId)}/1`;
    expect((await ann.get(path)).code).toBe("not-found");
    await source.post(tipFrom(newsroom, source).bytes, [upload]);
    expect(new Uint8Array((await ann.get(path)).bytes)).toEqual(last);
  });

  it("takes its parts with it when it is deleted", async () => {
    const source = await enterMailbox(server, newsroom);
    const upload = await uploadTwo(source);
    await source.post(tipFrom(newsroom, source).bytes, [upload]);
    await source.ask("/api/mailbox/delete", { method: "POST" });
    const left = await server.pool.query("SELECT 1 FROM upload_part WHERE upload_id = $1", [
      upload.uploadId,
    ]);
    expect(left.rowCount).toBe(0);
  });
});

describe("when the box is full", () => {
  const setCeilings = async (ceiling: number, unclaimed: number, reserve: number) => {
    const { usedBytes } = await used();
    await server.world.db.intakeCeilings.create({
      data: {
        id: 1,
        ceilingBytes: BigInt(usedBytes + ceiling),
        unclaimedBytes: BigInt(unclaimed),
        textReserveBytes: BigInt(reserve),
      },
    });
    server.moveSeconds(10);
  };
  const used = async () => {
    const { measureStoredBytes } = await import("../../src/server/database/stored-bytes.ts");
    return measureStoredBytes(server.pool);
  };

  it("refuses files at the ceiling, clearly, and still takes words from the reserve", async () => {
    const source = await enterMailbox(server, newsroom);
    await setCeilings(2 * MIB, 100 * MIB, 1.5 * MIB);
    const refused = await source.put(newId(), { index: 0, count: 1, bytes: full(1) });
    expect([refused.status, refused.code]).toEqual([507, "no-room-for-files"]);
    expect((await source.post(tipFrom(newsroom, source).bytes)).status).toBe(200);
  });

  it("refuses files when too much is unclaimed", async () => {
    const source = await enterMailbox(server, newsroom);
    const { unclaimedUsedBytes } = await used();
    await setCeilings(100 * MIB, unclaimedUsedBytes + 1.5 * MIB, 0);
    const put = async () =>
      (await source.put(newId(), { index: 0, count: 1, bytes: full(1) })).code;
    expect([await put(), await put()]).toEqual([null, "no-room-for-files"]);
  });

  it("refuses files when the disk has no more than the reserve, and still takes words", async () => {
    const source = await enterMailbox(server, newsroom);
    const moreThanAnyDisk = 2 ** 51;
    await setCeilings(2 * moreThanAnyDisk, moreThanAnyDisk, moreThanAnyDisk);
    const refused = await source.put(newId(), { index: 0, count: 1, bytes: full(1) });
    expect([refused.status, refused.code]).toEqual([507, "no-room-for-files"]);
    expect((await source.post(tipFrom(newsroom, source).bytes)).status).toBe(200);
  });

  it("says the same when the disk is full already", () => {
    const full = Object.assign(new Error("no space"), { code: "53100" });
    const wrapped = Object.assign(new Error("query"), { meta: { driverAdapterError: full } });
    expect([codeOf(full), codeOf(wrapped)]).toEqual(["no-room", "no-room"]);
  });

  it("refuses words only when the reserve is used up too", async () => {
    const source = await enterMailbox(server, newsroom);
    await setCeilings(1_000, 100 * MIB, 0);
    const answer = await source.post(tipFrom(newsroom, source).bytes);
    expect([answer.status, answer.code]).toEqual([507, "no-room"]);
  });
});
