import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseBlock } from "../../src/protocol/public/block.ts";
import { base64url, concat } from "../../src/protocol/public/bytes.ts";
import { parseMessage } from "../../src/protocol/public/envelope.ts";
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

let server: TestServer;
let newsroom: PaperNewsroom;
let ann: ReturnType<typeof asMember>;
beforeAll(async () => {
  server = await startTestServer();
  newsroom = await storeNewsroom(server);
  ann = asMember(await memberCookie(server, 1), server);
});
afterAll(() => server.stop());

const newest = async (member = ann) =>
  parseBlock(new Uint8Array((await member.get("/api/messages/block?before=0")).bytes)).rows[0];

describe("a member", () => {
  it("reads blocks of its own slots, newest first, and never bodies", async () => {
    const source = await enterMailbox(server, newsroom);
    const tip = tipFrom(newsroom, source);
    await source.post(tip.bytes);
    const message = parseMessage(sodium, tip.bytes);
    const bob = asMember(await memberCookie(server, 2), server);
    for (const [member, position] of [
      [ann, 1],
      [bob, 2],
    ] as const) {
      const row = await newest(member);
      expect(row?.header).toEqual(message.headerBytes);
      expect(row?.own).toEqual({ kind: "slot", bytes: message.slots[position] });
    }
    const body = await ann.get(`/api/messages/${base64url(message.header.messageId)}/body`);
    expect(new Uint8Array(body.bytes)).toEqual(message.sealedBody);
  });

  it("stores wraps under one archive key, which then stand for the slots", async () => {
    const source = await enterMailbox(server, newsroom);
    const tip = tipFrom(newsroom, source);
    await source.post(tip.bytes);
    const { messageId } = parseMessage(sodium, tip.bytes).header;
    const keyId = new Uint8Array(16).fill(7);
    const wrap = new Uint8Array(108).fill(9);
    const body = concat([keyId, list([concat([messageId, wrap])])]);
    expect((await ann.post("/api/messages/wraps", body)).status).toBe(204);
    expect((await newest())?.own).toEqual({ kind: "wrap", bytes: wrap });
    const otherKey = concat([new Uint8Array(16), list([concat([messageId, wrap])])]);
    expect((await ann.post("/api/messages/wraps", otherKey)).code).toBe("vault-changed");
  });

  it("removes its own copy, which no later wrap brings back", async () => {
    const source = await enterMailbox(server, newsroom);
    const tip = tipFrom(newsroom, source);
    await source.post(tip.bytes);
    const { messageId } = parseMessage(sodium, tip.bytes).header;
    const random = new Uint8Array(108).fill(1);
    await ann.post("/api/messages/remove-copy", list([concat([messageId, random])]));
    const late = concat([messageId, new Uint8Array(108).fill(2)]);
    await ann.post("/api/messages/wraps", concat([new Uint8Array(16).fill(7), list([late])]));
    expect((await newest())?.own).toEqual({ kind: "wrap", bytes: random });
    const bob = asMember(await memberCookie(server, 2), server);
    expect((await newest(bob))?.own?.kind).toBe("slot");
  });

  it("deletes for everybody only with the delete token, and the mailbox with the last message", async () => {
    const source = await enterMailbox(server, newsroom);
    const tip = tipFrom(newsroom, source);
    await source.post(tip.bytes);
    const { messageId, mailboxId } = parseMessage(sodium, tip.bytes).header;
    const wrong = list([concat([messageId, new Uint8Array(32)])]);
    expect((await ann.post("/api/messages/delete", wrong)).code).toBe("forbidden");
    const right = list([concat([messageId, tip.deleteToken])]);
    expect((await ann.post("/api/messages/delete", right)).status).toBe(204);
    expect((await ann.post("/api/messages/delete", right)).status).toBe(204);
    const left = await server.pool.query("SELECT 1 FROM message WHERE mailbox_id = $1", [
      mailboxId,
    ]);
    expect(left.rowCount).toBe(0);
  });

  it("gets the bodies of a conversation in one answer", async () => {
    const source = await enterMailbox(server, newsroom);
    const tips = [tipFrom(newsroom, source, "a"), tipFrom(newsroom, source, "b")];
    for (const tip of tips) await source.post(tip.bytes);
    const parsed = tips.map((tip) => parseMessage(sodium, tip.bytes));
    const path = `/api/mailboxes/${base64url(parsed[0]?.header.mailboxId ?? new Uint8Array())}/bodies`;
    const { bytes } = await ann.get(path);
    const expected = list(
      parsed.map(({ header, sealedBody }) =>
        concat([header.messageId, Uint8Array.of(0, 0, 16, 16), sealedBody]),
      ),
    );
    expect(new Uint8Array(bytes)).toEqual(expected);
  });

  it("writes only into a mailbox that exists", async () => {
    const source = await enterMailbox(server, newsroom);
    const { bytes } = tipFrom(newsroom, source);
    const post = concat([Uint8Array.of(0, 0), bytes]);
    expect((await ann.post("/api/messages", post)).code).toBe("not-found");
    await source.post(tipFrom(newsroom, source, "first").bytes);
    const answer = await ann.post("/api/messages", post);
    expect(answer.status).toBe(200);
    expect((await newest())?.by).toBe("newsroom");
  });

  it("is asked for a session on every route", async () => {
    const nobody = asMember("", server);
    const id = base64url(new Uint8Array(16));
    const gets = ["/api/messages/block?before=0", "/api/messages/after?arrival=0"];
    const more = [
      `/api/messages/${id}/body`,
      `/api/mailboxes/${id}/bodies`,
      `/api/uploads/${id}/0`,
    ];
    for (const path of [...gets, ...more]) {
      expect([path, (await nobody.get(path)).code]).toEqual([path, "not-logged-in"]);
    }
    const posts = ["wraps", "remove-copy", "delete"].map((name) => `/api/messages/${name}`);
    for (const path of [...posts, "/api/messages"]) {
      const { code } = await nobody.post(path, new Uint8Array(2));
      expect([path, code]).toEqual([path, "not-logged-in"]);
    }
  });
});
