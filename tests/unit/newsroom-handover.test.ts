import { describe, expect, it } from "vitest";
import { findSole } from "../../src/browser/newsroom/worker/sole-reader.ts";
import {
  encodeHandover,
  type HandoverReport,
  MAX_HANDOVER,
  parseHandover,
} from "../../src/protocol/secret/handover.ts";
import { ada, bea, cem, newsroom, tipTo } from "../support/paper-desk.ts";
import { paperServer } from "../support/paper-inbox.ts";
import { openColleague, type PaperColleague, shareAll } from "../support/paper-sharing.ts";
import { sumo as crypto } from "../vectors/backends.ts";

const ADA = 1;
const BEA = 2;
const CEM = 3;

const lookAs = (colleague: PaperColleague) =>
  findSole(colleague.library, {
    signal: new AbortController().signal,
    told: () => undefined,
  });

const left = (colleague: PaperColleague, member: number): PaperColleague => {
  const { roster } = colleague.world;
  const entries = roster.entries.map((entry) =>
    entry.memberNumber === member ? { ...entry, state: "left" as const, position: 0 } : entry,
  );
  const world = { ...colleague.world, roster: { ...roster, entries } };
  return { ...colleague, library: { ...colleague.library, world } };
};

describe("what only one member can read", () => {
  it("is counted by message, and nothing that a colleague was named in", async () => {
    const server = paperServer(crypto, newsroom);
    const { source, sealed } = tipTo([ADA], "For Ada alone");
    server.put(sealed.bytes);
    server.put(tipTo([ADA, BEA], "For both", source).sealed.bytes);
    server.put(tipTo([ADA, CEM], "Another for two").sealed.bytes);
    const found = await lookAs(await openColleague(server, ada));
    expect(found.map(({ messages }) => messages)).toEqual([1]);
  });

  it("is no more what was passed on to somebody who is here", async () => {
    const server = paperServer(crypto, newsroom);
    server.put(tipTo([ADA], "For Ada alone").sealed.bytes);
    const one = await openColleague(server, ada);
    await shareAll(one, [BEA]);
    expect(await lookAs(one)).toEqual([]);
    expect(await lookAs(await openColleague(server, bea))).toEqual([]);
  });

  it("is what a colleague could read who has left since", async () => {
    const server = paperServer(crypto, newsroom);
    server.put(tipTo([ADA, BEA], "For both").sealed.bytes);
    const one = await openColleague(server, ada);
    expect(await lookAs(one)).toEqual([]);
    expect(await lookAs(left(one, BEA))).toHaveLength(1);
  });

  it("comes to nothing for somebody who reads nothing", async () => {
    const server = paperServer(crypto, newsroom);
    server.put(tipTo([ADA], "For Ada alone").sealed.bytes);
    expect(await lookAs(await openColleague(server, cem))).toEqual([]);
  });

  it("can be stopped, and bears a line that is gone for a while", async () => {
    const server = paperServer(crypto, newsroom);
    for (let i = 0; i < 40; i++) server.put(tipTo([ADA], `Tip ${i}`).sealed.bytes);
    const one = await openColleague(server, ada);
    const stop = new AbortController();
    const stopped = findSole(one.library, {
      signal: stop.signal,
      told: (done) => done >= 16 && stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "looking-stopped" });
    server.refusals.push({ path: "/api/mailboxes", code: "offline" });
    expect(await lookAs(one)).toHaveLength(40);
  });
});

describe("a report to the admins", () => {
  const report: HandoverReport = {
    day: 20_700,
    conversations: 3,
    messages: 4,
    mailboxes: [tipTo([ADA], "a").source.id, tipTo([ADA], "b").source.id],
  };

  it("says the same after its way", () => {
    expect(parseHandover(encodeHandover(report))).toEqual(report);
    const nothing = { ...report, conversations: 0, messages: 0, mailboxes: [] };
    expect(parseHandover(encodeHandover(nothing))).toEqual(nothing);
  });

  it("is refused when it contradicts itself, or has other bytes than it says", () => {
    const bytes = encodeHandover(report);
    for (const wrong of [
      encodeHandover({ ...report, conversations: 1 }),
      encodeHandover({ ...report, messages: 2 }),
      encodeHandover({ ...report, day: 70_000 }),
      bytes.slice(0, -1),
      Uint8Array.of(...bytes, 0),
      Uint8Array.of(2, ...bytes.slice(1)),
      new Uint8Array(),
    ]) {
      expect(() => parseHandover(wrong)).toThrow("bad-structure");
    }
    const [one] = report.mailboxes;
    const mailboxes = Array.from({ length: MAX_HANDOVER + 1 }, () => one ?? new Uint8Array(16));
    expect(() =>
      encodeHandover({ ...report, mailboxes: mailboxes as HandoverReport["mailboxes"] }),
    ).toThrow("too-large");
  });
});
