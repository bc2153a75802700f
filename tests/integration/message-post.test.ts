import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { base64url } from "../../src/protocol/public/bytes.ts";
import { headerHash, parseMessage } from "../../src/protocol/public/envelope.ts";
import { type PaperNewsroom, sealTip } from "../support/paper-newsroom.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  ask,
  enterMailbox,
  parseStored,
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

const count = async (table: string): Promise<number> =>
  (await server.pool.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n;

/** Randomness whose first 16 bytes are the given message id. */
const repeatId = (id: Uint8Array) => {
  let first = true;
  return (length: number): Uint8Array => {
    if (first && length === id.length) {
      first = false;
      return id;
    }
    return sodium.random(length);
  };
};

describe("posting a message", () => {
  it("twice stores it once and gives the same answer, byte for byte", async () => {
    const source = await enterMailbox(server, newsroom);
    const { bytes } = tipFrom(newsroom, source);
    const before = await count("message");
    const first = await source.post(bytes);
    const second = await source.post(bytes);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.bytes).toEqual(first.bytes);
    expect(await count("message")).toBe(before + 1);
  });

  it("at once from many connections stores it once and gives the same answer", async () => {
    const source = await enterMailbox(server, newsroom);
    const { bytes } = tipFrom(newsroom, source);
    const before = await count("message");
    const answers = await Promise.all(Array.from({ length: 8 }, () => source.post(bytes)));
    const different = new Set(answers.map((answer) => answer.bytes.toString("hex")));
    expect([answers.map((one) => one.status), different.size]).toEqual([Array(8).fill(200), 1]);
    expect(await count("message")).toBe(before + 1);
    expect(await count("slot")).toBe((before + 1) * 3);
  });

  it("sealed anew under the same id keeps the first and says which that is", async () => {
    const source = await enterMailbox(server, newsroom);
    const one = tipFrom(newsroom, source);
    const { header } = parseMessage(sodium, one.bytes);
    const first = parseStored(await source.post(one.bytes));
    const again = sealTip({ ...sodium, random: repeatId(header.messageId) }, newsroom, {
      source: source.keys,
      addressed: [3],
      text: "other",
    });
    const second = parseStored(await source.post(again.bytes));
    expect(second).toEqual(first);
    const { headerBytes } = parseMessage(sodium, one.bytes);
    const stored = Buffer.from(headerHash(sodium, headerBytes)).toString("hex");
    expect(second.headerHash).toBe(stored);
  });

  it("into another mailbox than the token's is forbidden", async () => {
    const source = await enterMailbox(server, newsroom);
    const other = await enterMailbox(server, newsroom);
    const answer = await source.post(tipFrom(newsroom, other).bytes);
    expect([answer.status, answer.code]).toEqual([403, "forbidden"]);
  });

  it("without or with a made-up token is refused before the body is read", async () => {
    for (const headers of [{}, { authorization: `Bearer ${base64url(new Uint8Array(52))}` }]) {
      const sent = { method: "POST", body: new Uint8Array(10), headers };
      const answer = await ask(`${server.source}/api/messages`, sent);
      expect([answer.status, answer.code]).toEqual([401, "not-logged-in"]);
    }
  });

  it("with a slot too few, or of another newsroom, stores nothing", async () => {
    const source = await enterMailbox(server, newsroom);
    const { bytes } = tipFrom(newsroom, source);
    const before = await count("message");
    const short = await source.post(bytes.slice(0, bytes.length - 1_216));
    expect([short.status, short.code]).toEqual([409, "roster-changed"]);
    const foreign = bytes.slice();
    foreign[2] = (foreign[2] ?? 0) ^ 1;
    expect((await source.post(foreign)).status).toBe(400);
    expect(await count("message")).toBe(before);
  });

  it("with changed content is refused", async () => {
    const source = await enterMailbox(server, newsroom);
    const { bytes } = tipFrom(newsroom, source);
    const changed = bytes.slice();
    changed[300] = (changed[300] ?? 0) ^ 1;
    expect((await source.post(changed)).code).toBe("bad-request");
  });
});
