import { describe, expect, it } from "vitest";
import { removeCopy } from "../../src/browser/newsroom/worker/removing.ts";
import { hex } from "../../src/protocol/public/bytes.ts";
import type { HeaderHash, StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import { encodeBody } from "../../src/protocol/secret/body.ts";
import { openBody } from "../../src/protocol/secret/content.ts";
import type { ContentKey } from "../../src/protocol/secret/crypto.ts";
import type { HistoryItem } from "../../src/protocol/secret/history.ts";
import { openSlot } from "../../src/protocol/secret/slot.ts";
import { ada, bea, cem, firstLines, newsroom, shown, tipTo } from "../support/paper-desk.ts";
import { paperServer } from "../support/paper-inbox.ts";
import { sealReply } from "../support/paper-reply.ts";
import { openColleague, sendHistory, shareAll, takeLetters } from "../support/paper-sharing.ts";
import { sumo as crypto } from "../vectors/backends.ts";

const ADA = 1;
const BEA = 2;
const CEM = 3;
/** More than go in two requests. */
const ALL_TIPS = 40;

const newServer = () => paperServer(crypto, newsroom);

describe("sharing with a colleague", () => {
  it("lets them read what came before, without a new unlock, and after one", async () => {
    const server = newServer();
    server.put(tipTo([ADA], "The first tip").sealed.bytes);
    const one = await openColleague(server, ada);
    const two = await openColleague(server, bea);
    expect(firstLines(two.library)).toEqual([]);
    expect(await shareAll(one, [BEA])).toMatchObject({ shared: 1, already: 0 });
    await takeLetters(two);
    expect(firstLines(two.library)).toEqual(["The first tip"]);
    expect(server.letters).toHaveLength(0);
    expect(firstLines((await openColleague(server, bea, two)).library)).toEqual(["The first tip"]);
  });

  it("lets them read it when they unlock only later", async () => {
    const server = newServer();
    server.put(tipTo([ADA], "The first tip").sealed.bytes);
    await shareAll(await openColleague(server, ada), [BEA]);
    const { library } = await openColleague(server, bea);
    expect(firstLines(library)).toEqual(["The first tip"]);
    expect(server.letters).toHaveLength(0);
  });

  it("is seen by all readers: that, by whom, with whom, and on whose word", async () => {
    const server = newServer();
    server.put(tipTo([ADA, CEM], "The first tip").sealed.bytes);
    const one = await openColleague(server, ada);
    await shareAll(one, [BEA]);
    const two = await openColleague(server, bea);
    const three = await openColleague(server, cem);
    for (const { library } of [one, two, three]) {
      const { messages } = (await shown(library)).page;
      expect(messages[1]).toMatchObject({
        share: true,
        text: "",
        writer: { by: "journalist", name: "Ada" },
        sharedWith: [{ name: "Bea" }],
        readers: [{ name: "Ada" }, { name: "Bea" }, { name: "Cem" }],
        agreed: "yes",
        lacking: 0,
      });
    }
    expect((await shown(two.library)).page.messages[0]).toMatchObject({
      writer: { by: "source" },
      sharedBy: { name: "Ada" },
      readers: [{ name: "Ada" }, { name: "Cem" }, { name: "Bea", self: true }],
    });
    expect((await shown(three.library)).page.messages[0]).toMatchObject({ sharedBy: null });
  });

  it("counts from then on: an answer goes to the new reader as well", async () => {
    const server = newServer();
    server.put(tipTo([ADA], "The first tip").sealed.bytes);
    const one = await openColleague(server, ada);
    await shareAll(one, [BEA]);
    const { page } = await shown(one.library);
    expect(page.reply?.readers.map(({ name }) => name)).toEqual(["Ada", "Bea"]);
  });

  it("tells the source with whom, and gives it no key to what it chose not to keep", async () => {
    const server = newServer();
    const { source, sealed } = tipTo([ADA], "Not kept by its source");
    server.put(sealed.bytes);
    await shareAll(await openColleague(server, ada), [BEA]);
    const [, share] = server.stored;
    if (share === undefined) throw new Error("no share");
    const { headerBytes, slots } = share.message;
    const target = {
      headerBytes,
      position: 0,
      identity: source.mailbox,
      static: source.static,
      messaging: source.reply,
    };
    const keys = { messagingSeed: source.replySeed, staticPrivate: source.staticPrivate };
    const slot = openSlot(crypto, slots[0] ?? new Uint8Array(), { target, keys });
    if (slot === null) throw new Error("not sealed to the source");
    const body = openBody(crypto, { contentKey: slot.contentKey, headerBytes }, share.message);
    expect(body).toMatchObject({ kind: "share", text: "Bea", files: [], readers: [ADA, BEA] });
    const everything = hex(encodeBody(body));
    expect(everything).not.toContain(hex(sealed.contentKey));
  });

  it("made again makes no second message, and sends the keys again", async () => {
    const server = newServer();
    server.put(tipTo([ADA], "The first tip").sealed.bytes);
    const one = await openColleague(server, ada);
    await shareAll(one, [BEA]);
    server.letters.length = 0;
    expect(await shareAll(one, [BEA])).toMatchObject({ shared: 0, already: 1 });
    expect(server.stored).toHaveLength(2);
    expect(firstLines((await openColleague(server, bea)).library)).toEqual(["The first tip"]);
  });

  it("shares again what has come since for the sharer alone", async () => {
    const server = newServer();
    const { source, sealed } = tipTo([ADA], "The first tip");
    server.put(sealed.bytes);
    const one = await openColleague(server, ada);
    await shareAll(one, [BEA]);
    server.put(tipTo([ADA], "For Ada alone", source).sealed.bytes);
    await one.library.lookNow();
    expect(await shareAll(one, [BEA])).toMatchObject({ shared: 1, already: 0 });
    expect((await openColleague(server, bea)).library.state().mine).toBe(4);
  });

  it("goes on after a stop where it ended", async () => {
    const server = newServer();
    for (let i = 0; i < ALL_TIPS; i++) server.put(tipTo([ADA], `Tip ${i}`).sealed.bytes);
    const one = await openColleague(server, ada);
    const stop = new AbortController();
    const stopped = shareAll(one, [BEA], {
      signal: stop.signal,
      told: (done) => done >= 16 && stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "sharing-stopped" });
    const announced = server.stored.length - ALL_TIPS;
    expect(announced).toBeLessThan(ALL_TIPS);
    const two = await openColleague(server, bea);
    // Whatever was announced can be read: an announcement without its keys would be an empty word.
    expect(firstLines(two.library)).toHaveLength(announced);
    const tally = await shareAll(one, [BEA]);
    expect(tally).toMatchObject({ shared: ALL_TIPS - announced, already: announced });
    await takeLetters(two);
    expect(firstLines(two.library)).toHaveLength(ALL_TIPS);
  });

  it("bears a line that is gone for a while, and a list that changes meanwhile", async () => {
    const server = newServer();
    server.put(tipTo([ADA], "The first tip").sealed.bytes);
    const one = await openColleague(server, ada);
    server.refusals.push(
      { path: "/api/mailboxes", code: "offline" },
      { path: "/api/messages", code: "roster-changed" },
      { path: "/api/messages", code: "offline" },
      { path: "sendLetter", code: "offline" },
    );
    expect(await shareAll(one, [BEA])).toMatchObject({ shared: 1 });
    expect(server.stored).toHaveLength(2);
    expect(firstLines((await openColleague(server, bea)).library)).toEqual(["The first tip"]);
  });

  it("leaves a conversation out rather than leave behind who reads along", async () => {
    const server = newServer();
    server.put(tipTo([ADA, CEM], "The first tip").sealed.bytes);
    const one = await openColleague(server, ada);
    const away = newsroom.journalists.filter((one) => one !== cem);
    server.publish(away.map(({ messagingStatement }) => messagingStatement));
    const { progress, transfer } = { progress: () => undefined, transfer: () => undefined };
    const tally = await one.page.share(
      { mailboxes: null, to: [BEA], leaveBehind: false },
      { progress, transfer },
    );
    expect(tally).toMatchObject({ shared: 0, "left-out": 1 });
    expect(server.stored).toHaveLength(1);
  });
});

describe("who takes a colleague's history", () => {
  const itemOf = (
    tip: ReturnType<typeof tipTo>,
    change: Partial<HistoryItem> = {},
  ): HistoryItem => ({
    header: tip.sealed.headerHash,
    contentKey: tip.sealed.contentKey,
    senderStatic: tip.source.static,
    day: newsroom.day,
    ...change,
  });

  const given = async (
    tip: ReturnType<typeof tipTo>,
    items: readonly HistoryItem[],
  ): Promise<readonly string[]> => {
    const server = newServer();
    server.put(tip.sealed.bytes);
    await sendHistory(await openColleague(server, ada), BEA, items);
    const two = await openColleague(server, bea);
    expect(server.letters).toHaveLength(0);
    return firstLines(two.library);
  };

  it("believes what fits", async () => {
    const tip = tipTo([ADA], "True words");
    expect(await given(tip, [itemOf(tip)])).toEqual(["True words"]);
  });

  it("believes no other content key, message or writer", async () => {
    const tip = tipTo([ADA], "True words");
    const other = tipTo([ADA], "Other words");
    const lies: Partial<HistoryItem>[] = [
      { contentKey: other.sealed.contentKey },
      { contentKey: new Uint8Array(32) as ContentKey },
      { header: other.sealed.headerHash },
      { header: new Uint8Array(32) as HeaderHash },
      { senderStatic: crypto.random(32) as StaticPublicKey },
      { senderStatic: ada.entry.static },
    ];
    for (const lie of lies) expect([lie, await given(tip, [itemOf(tip, lie)])]).toEqual([lie, []]);
  });

  it("is not shown a sharer's own words as the source's", async () => {
    const server = newServer();
    const tip = tipTo([BEA], "True words");
    server.put(tip.sealed.bytes);
    const forged = sealReply(crypto, newsroom, {
      writer: ada,
      source: tip.source,
      addressed: [ADA],
      body: { text: "Forged words" },
    });
    server.put(forged.bytes, "newsroom");
    await sendHistory(await openColleague(server, ada), BEA, [
      { ...itemOf(tip), header: forged.headerHash, contentKey: forged.contentKey },
    ]);
    expect(firstLines((await openColleague(server, bea)).library)).toEqual(["True words"]);
  });

  it("keeps its own word for what was sealed to it", async () => {
    const server = newServer();
    const tip = tipTo([ADA, BEA], "True words");
    server.put(tip.sealed.bytes);
    await sendHistory(await openColleague(server, ada), BEA, [itemOf(tip)]);
    const { page } = await shown((await openColleague(server, bea)).library);
    expect(page.messages).toMatchObject([{ sharedBy: null }]);
  });

  it("does not get back what it has removed", async () => {
    const server = newServer();
    const tip = tipTo([ADA, BEA], "True words");
    server.put(tip.sealed.bytes);
    const two = await openColleague(server, bea);
    const [conversation] = two.library.book.newestFirst();
    await removeCopy(two.library, conversation?.messages ?? []);
    await sendHistory(await openColleague(server, ada), BEA, [itemOf(tip)]);
    await takeLetters(two);
    expect(firstLines(two.library)).toEqual([]);
    expect(firstLines((await openColleague(server, bea, two)).library)).toEqual([]);
  });

  it("passes over what is deleted, and takes the rest", async () => {
    const tip = tipTo([ADA], "True words");
    const gone = tipTo([ADA], "Deleted meanwhile");
    expect(await given(tip, [itemOf(gone), itemOf(tip)])).toEqual(["True words"]);
  });

  it("keeps the letter until its wraps are stored", async () => {
    const server = newServer();
    const tip = tipTo([ADA], "True words");
    server.put(tip.sealed.bytes);
    const two = await openColleague(server, bea);
    await sendHistory(await openColleague(server, ada), BEA, [itemOf(tip)]);
    server.refusals.push({ path: "/api/messages/shared-wraps", code: "vault-changed" });
    await takeLetters(two);
    expect(server.letters).toHaveLength(1);
    await takeLetters(two);
    expect(server.letters).toHaveLength(0);
    expect(firstLines(two.library)).toEqual(["True words"]);
  });
});
