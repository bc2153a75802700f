import { describe, expect, it } from "vitest";
import { sendReply } from "../../src/browser/newsroom/worker/replying.ts";
import type { MessageId } from "../../src/protocol/public/crypto.ts";
import { bea, cem, firstLines, newsroom, read, seat, shown, tipTo } from "../support/paper-desk.ts";
import { paperWorld } from "../support/paper-inbox.ts";
import type { PaperJournalist } from "../support/paper-newsroom.ts";
import { sealReply } from "../support/paper-reply.ts";
import { sumo as crypto } from "../vectors/backends.ts";

describe("who reads", () => {
  const talk = async (replyTo: readonly number[]) => {
    const { server, world } = seat();
    const { source, sealed } = tipTo([1, 2], "Question");
    server.put(sealed.bytes);
    const reply = sealReply(crypto, newsroom, {
      writer: bea,
      source,
      addressed: replyTo,
      body: { text: "Answer", answers: sealed.headerHash, newest: [sealed.headerHash] },
    });
    server.put(reply.bytes, "newsroom");
    const library = await read(world);
    return { server, world, library, source, sealed, reply, ...(await shown(library)) };
  };

  it("names writer and readers of a reply", async () => {
    const { page } = await talk([1, 2]);
    expect(page.messages[1]).toMatchObject({
      writer: { by: "journalist", name: "Bea", self: false },
      readers: [{ name: "Ada", self: true }, { name: "Bea" }],
      agreed: "yes",
      lacking: 0,
    });
  });

  it("marks a reply with more readers than the message it answers, and follows it no further", async () => {
    const { page } = await talk([1, 2, 3]);
    expect(page.messages[1]).toMatchObject({ agreed: "no" });
    expect(page.reply?.readers.map((reader) => reader.name)).toEqual(["Ada", "Bea"]);
  });

  it("shows a message that others refer to and nobody lists as lacking", async () => {
    const { server, world } = await talk([1, 2]);
    server.stored.shift();
    const { page } = await shown(await read(world));
    expect(page.messages).toMatchObject([{ agreed: "unknown", lacking: 1 }]);
  });

  it("says of a reader who left that they have since left", async () => {
    const { server, world } = await talk([1, 2]);
    const entries = newsroom.roster.entries.map((entry) =>
      entry.memberNumber === 2 ? { ...entry, state: "left" as const, position: 0 } : entry,
    );
    const { page } = await shown(await read({ ...world, roster: { ...newsroom.roster, entries } }));
    expect(page.messages[0]).toMatchObject({
      readers: [{ left: false }, { name: "Bea", left: true }],
    });
    expect(page.reply?.readers.map((reader) => reader.name)).toEqual(["Ada"]);
    expect(server.stored).toHaveLength(2);
  });

  it("refuses what was written under a stolen key, older messages too", async () => {
    const { world } = await talk([1, 2]);
    const entries = newsroom.roster.entries.map((entry) =>
      entry.memberNumber === 2 ? { ...entry, state: "stolen" as const, position: 0 } : entry,
    );
    const { page } = await shown(await read({ ...world, roster: { ...newsroom.roster, entries } }));
    expect(page.messages[1]).toMatchObject({ kind: "refused", why: "stolen" });
  });
});

describe("a reply", () => {
  const answer = async () => {
    const { server, world } = seat();
    server.put(tipTo([1, 2], "Question").sealed.bytes);
    const library = await read(world);
    return { server, world, library, ...(await shown(library)) };
  };

  it("reaches the readers of the message it answers and nobody else", async () => {
    const { server, world, open } = await answer();
    await sendReply(world, { open, text: "Thanks", messageId: crypto.random(16) as MessageId });
    const linesOf = async (journalist: PaperJournalist) =>
      firstLines(await read(paperWorld({ crypto, newsroom, server }, journalist)));
    expect(await linesOf(bea)).toEqual(["Thanks"]);
    expect(await linesOf(cem)).toEqual([]);
  });

  it("is stored once when it is sent again", async () => {
    const { server, world, open } = await answer();
    const messageId = crypto.random(16) as MessageId;
    await sendReply(world, { open, text: "Thanks", messageId });
    await sendReply(world, { open, text: "Thanks", messageId });
    expect(server.stored).toHaveLength(2);
  });

  it("is sealed again when the roster has changed meanwhile", async () => {
    const { server, world, open } = await answer();
    server.refusals.push({ path: "/api/messages", code: "roster-changed" });
    let refreshed = 0;
    const watching = {
      ...world,
      refreshRoster: () => {
        refreshed += 1;
        return Promise.resolve(true);
      },
    };
    await sendReply(watching, { open, text: "Thanks", messageId: crypto.random(16) as MessageId });
    expect([refreshed, server.stored.length]).toEqual([1, 2]);
  });
});
