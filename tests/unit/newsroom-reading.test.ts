import { describe, expect, it } from "vitest";
import { inboxPage } from "../../src/browser/newsroom/worker/reading/inbox.ts";
import { deleteForEverybody, removeCopy } from "../../src/browser/newsroom/worker/removing.ts";
import { ALL, bea, firstLines, newsroom, read, seat, shown, tipTo } from "../support/paper-desk.ts";
import { paperWorld } from "../support/paper-inbox.ts";
import { paperSource } from "../support/paper-newsroom.ts";
import { sumo as crypto } from "../vectors/backends.ts";

/** Breaks one byte that is covered by the header's last field only after it was stored. */
const spoilt = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe("reading everything", () => {
  it("shows the messages for this reader, newest first, and no other", async () => {
    const { server, world } = seat();
    server.put(tipTo([1], "First").sealed.bytes);
    server.put(tipTo([2], "Not for Ada").sealed.bytes);
    server.put(tipTo([1, 2], "Second").sealed.bytes);
    expect(firstLines(await read(world))).toEqual(["Second", "First"]);
  });

  it("stores one wrap for each message tried, whoever it is for", async () => {
    const { server, world } = seat();
    server.put(tipTo([1], "First").sealed.bytes);
    server.put(tipTo([2], "Not for Ada").sealed.bytes);
    await read(world);
    expect([...server.wraps].map(([place, wrap]) => [place, wrap.length])).toEqual([
      ["1-2", 108],
      ["1-1", 108],
    ]);
  });

  it("opens the same from wraps alone, under the same archive key", async () => {
    const { server, world } = seat();
    server.put(tipTo([1], "First").sealed.bytes);
    await read(world);
    const later = { ...world, messagingSeed: () => null };
    expect(firstLines(await read(later))).toEqual(["First"]);
  });

  it("stores nothing for a message whose period's key is not at hand", async () => {
    const { server, world } = seat();
    server.put(tipTo([1], "First").sealed.bytes);
    await read({ ...world, messagingSeed: () => null });
    expect(server.wraps.size).toBe(0);
  });

  it("reads block after block to the end", async () => {
    const { server, world } = seat();
    const source = paperSource(crypto, newsroom);
    for (let i = 0; i < 300; i++)
      server.put(tipTo([i % 2 === 0 ? 1 : 2], `Tip ${i}`, source).sealed.bytes);
    const library = await read(world);
    expect(library.state()).toMatchObject({ done: true, looked: 300, mine: 150 });
    expect(server.requests.filter((path) => path.includes("block"))).toHaveLength(2);
  });

  it("finds everything that came later, also more than one block of it", async () => {
    const { server, world } = seat();
    const source = paperSource(crypto, newsroom);
    server.put(tipTo([1], "First").sealed.bytes);
    const library = await read(world);
    for (let i = 0; i < 260; i++) server.put(tipTo([1], `Later ${i}`, source).sealed.bytes);
    await library.lookNow();
    expect(library.state()).toMatchObject({ looked: 261, mine: 261 });
    expect(server.wraps.size).toBe(261);
  });

  it("tries again when the line is gone", async () => {
    const { server, world } = seat();
    server.put(tipTo([1], "First").sealed.bytes);
    server.refusals.push(
      { path: "/api/messages/block", code: "offline" },
      { path: "/api/messages/wraps", code: "offline" },
    );
    expect(firstLines(await read(world))).toEqual(["First"]);
    expect(server.wraps.size).toBe(1);
  });

  it("counts what was read as read in the next unlock", async () => {
    const { server, world } = seat();
    server.put(tipTo([1], "First").sealed.bytes);
    server.put(tipTo([1], "Second").sealed.bytes);
    const library = await read(world);
    const [newest] = library.book.newestFirst();
    library.markRead(newest?.messages ?? []);
    await library.seen.save([1]);
    const rows = inboxPage(await read(world), ALL).rows;
    expect(rows.map((row) => row.unread)).toEqual([0, 1]);
  });
});

describe("a broken message", () => {
  const spoil = (at: number) => {
    const { server, world } = seat();
    const { sealed } = tipTo([1], "First");
    const row = server.put(sealed.bytes);
    const slots = row.message.slots.map((slot, i) => (i === 1 ? spoilt(slot, at) : slot));
    server.stored[0] = { ...row, message: { ...row.message, slots } };
    server.put(tipTo([1], "Second").sealed.bytes);
    return { server, world };
  };

  it("is shown as such and stops no other", async () => {
    const library = await read(spoil(1_215).world);
    const rows = inboxPage(library, ALL).rows;
    expect(rows.map((row) => [row.firstLine, row.lastBy])).toEqual([
      ["Second", "source"],
      ["", null],
    ]);
  });

  it("is still shown as broken once only its wrap is left", async () => {
    const { world } = spoil(1_215);
    await read(world);
    expect(inboxPage(await read(world), ALL).rows).toHaveLength(2);
  });

  it("is not for me when the sender's part does not open", async () => {
    expect(firstLines(await read(spoil(1_120).world))).toEqual(["Second"]);
  });

  it("is refused in its conversation when the server changes its body", async () => {
    const { server, world } = seat();
    const row = server.put(tipTo([1], "First").sealed.bytes);
    const library = await read(world);
    server.stored[0] = {
      ...row,
      message: { ...row.message, sealedBody: spoilt(row.message.sealedBody, 9) },
    };
    expect((await shown(library)).page.messages).toMatchObject([
      { kind: "refused", why: "broken" },
    ]);
  });

  it("says so when its body does not come", async () => {
    const { server, world } = seat();
    server.put(tipTo([1], "First").sealed.bytes);
    const library = await read(world);
    server.stored.length = 0;
    expect((await shown(library)).page.messages).toMatchObject([{ kind: "refused", why: "gone" }]);
  });
});

describe("getting rid of a conversation", () => {
  const kept = async () => {
    const { server, world } = seat();
    server.put(tipTo([1, 2], "Question").sealed.bytes);
    const library = await read(world);
    const [conversation] = library.book.newestFirst();
    return { server, world, library, messages: conversation?.messages ?? [] };
  };

  it("removes one's own copy and leaves the colleagues'", async () => {
    const { server, world, library, messages } = await kept();
    await removeCopy(library, messages);
    expect(firstLines(library)).toEqual([]);
    expect(firstLines(await read(world))).toEqual([]);
    const other = paperWorld({ crypto, newsroom, server }, bea);
    expect(firstLines(await read(other))).toEqual(["Question"]);
  });

  it("does not bring back a copy whose slot or wrap the server has kept", async () => {
    const { server, world, library, messages } = await kept();
    const before = new Map(server.wraps);
    await removeCopy(library, messages);
    for (const [place, wrap] of before) server.wraps.set(place, wrap);
    expect(firstLines(await read(world))).toEqual([]);
    server.wraps.clear();
    expect(firstLines(await read(world))).toEqual([]);
  });

  it("deletes the message for everybody", async () => {
    const { server, library, messages } = await kept();
    await deleteForEverybody(library, messages);
    expect([firstLines(library), server.stored]).toEqual([[], []]);
  });
});

it("opens the third of 1,000 new messages that is this reader's", {
  timeout: 60_000,
}, async () => {
  const { server, world } = seat();
  const source = paperSource(crypto, newsroom);
  for (let i = 0; i < 1_000; i++) server.put(tipTo([1 + (i % 3)], `Tip ${i}`, source).sealed.bytes);
  expect((await read(world)).state().mine).toBe(334);
});

describe("a mailbox filled on purpose", () => {
  it("opens its newest messages one by one and says of the others that they are too much", async () => {
    const { server, world } = seat();
    const source = paperSource(crypto, newsroom);
    const long = "x".repeat(300_000);
    for (let i = 0; i < 66; i++) server.put(tipTo([1], `${i} ${long}`, source).sealed.bytes);
    const { page } = await shown(await read(world));
    const kinds = page.messages.map((message) => (message.kind === "open" ? "open" : message.why));
    expect(kinds.filter((kind) => kind === "open")).toHaveLength(63);
    expect(kinds.slice(0, 4)).toEqual(["too-much", "too-much", "too-much", "open"]);
    expect(server.requests.some((path) => path.endsWith("/bodies"))).toBe(false);
  });
});
