import { describe, expect, it } from "vitest";
import {
  confirmRoster,
  nextRoster,
  renew,
  signNext,
} from "../../src/browser/newsroom/worker/newsroom-key.ts";
import { overviewOf } from "../../src/browser/newsroom/worker/overview.ts";
import { pinFirst } from "../../src/browser/newsroom/worker/pin.ts";
import { concat } from "../../src/protocol/public/bytes.ts";
import { openRoster } from "../../src/protocol/public/roster.ts";
import { signRoster } from "../../src/protocol/secret/sign.ts";
import { openDesk, paperStore, paperTable, postsTo, TODAY } from "../support/paper-staff.ts";

/** An admin whose browser has made the first list of journalists. */
const knownTable = async () => {
  const table = paperTable({ admin: true });
  const { store, newsroom } = table;
  await pinFirst(store, { newsroomId: newsroom.newsroomId, userName: "ada" }, newsroom.roster);
  return table;
};

const rostersPosted = (table: ReturnType<typeof paperTable>) =>
  postsTo(table.server, "/api/roster").length;

const entriesOf = (desk: Awaited<ReturnType<typeof openDesk>>) =>
  desk.session.world().roster.entries;

describe("the list of journalists at an admin's unlock", () => {
  it("is renewed by itself once a third of its time is left", async () => {
    const table = await knownTable();
    await openDesk({ ...table, today: TODAY + 24 });
    expect(rostersPosted(table)).toBe(1);
  });

  it("is left alone before that", async () => {
    const table = await knownTable();
    await openDesk({ ...table, today: TODAY + 23 });
    expect(rostersPosted(table)).toBe(0);
  });

  it("keeps its members and gets new dates", async () => {
    const table = await knownTable();
    const desk = await openDesk({ ...table, today: TODAY + 24 });
    const { roster } = desk.session.world();
    expect([roster.membersHash, roster.validUntilDay]).toEqual([
      table.newsroom.roster.membersHash,
      TODAY + 24 + 35,
    ]);
  });

  it("is not renewed by itself in a browser that never held it", async () => {
    const table = await knownTable();
    const desk = await openDesk({ ...table, store: paperStore(), today: TODAY + 30 });
    expect([rostersPosted(table), overviewOf(desk.session).warnings]).toEqual([
      0,
      ["roster-unconfirmed", "roster-lapses"],
    ]);
  });

  it("is not renewed when the server has only an older one than this browser held", async () => {
    const table = await knownTable();
    await openDesk({ ...table, today: TODAY + 24 });
    table.server.rosters.length = 1;
    const desk = await openDesk({ ...table, today: TODAY + 30 });
    await expect(renew(desk.session)).rejects.toThrow("roster-contradicted");
    expect([rostersPosted(table), desk.session.opened().trust]).toEqual([1, "contradicted"]);
  });

  it("is not renewed by itself while the clocks differ by more than a day", async () => {
    const table = await knownTable();
    const desk = await openDesk({ ...table, today: TODAY + 30, clock: TODAY + 27 });
    expect([rostersPosted(table), overviewOf(desk.session).warnings]).toEqual([
      0,
      expect.arrayContaining(["clock"]),
    ]);
  });

  it("is refused when a signature in its chain does not verify", async () => {
    const table = await knownTable();
    const [first] = table.server.rosters;
    if (first === undefined) throw new Error("no roster");
    const last = first.statement.at(-1) ?? 0;
    const broken = concat([first.statement.subarray(0, -1), Uint8Array.of(last ^ 1)]);
    table.server.rosters[0] = { ...first, statement: broken };
    await expect(openDesk({ ...table, today: TODAY })).rejects.toThrow("bad-signature");
  });

  it("is refused when its settings are not the signed ones", async () => {
    const table = await knownTable();
    const [first] = table.server.rosters;
    if (first === undefined) throw new Error("no roster");
    table.server.rosters[0] = { ...first, settings: first.settings.subarray(1) };
    await expect(openDesk({ ...table, today: TODAY })).rejects.toThrow("settings-mismatch");
  });
});

describe("a list that will lapse", () => {
  const lapses = ["roster-lapses", "roster-lapsed"];
  it.each([
    ["says nothing while there is time", 27, []],
    ["warns everybody in its last seven days", 28, ["roster-lapses"]],
    ["warns on its last day", 35, ["roster-lapses"]],
    ["says that it has lapsed", 36, ["roster-lapsed"]],
  ])("%s", async (_what, later, wanted) => {
    const desk = await openDesk({ ...paperTable({ admin: false }), today: TODAY + later });
    const said = overviewOf(desk.session).warnings.filter((warning) => lapses.includes(warning));
    expect(said).toEqual(wanted);
  });
});

describe("signing the next list", () => {
  it("waits for a yes in a browser that never held the newest", async () => {
    const table = await knownTable();
    const desk = await openDesk({ ...table, store: paperStore(), today: TODAY });
    const change = { entries: entriesOf(desk) };
    await expect(signNext(desk.session, change)).rejects.toThrow("roster-unconfirmed");
    await confirmRoster(desk.session);
    await signNext(desk.session, change);
    expect(rostersPosted(table)).toBe(1);
  });

  it("follows the newest, under the newsroom's key", async () => {
    const table = await knownTable();
    const desk = await openDesk({ ...table, today: TODAY });
    await signNext(desk.session, { entries: entriesOf(desk) });
    const { newsroomId, key } = table.newsroom;
    const next = table.server.rosters[1]?.statement ?? new Uint8Array();
    const opened = openRoster(table.crypto, next, { newsroomId, key });
    expect([opened.number, opened.previousHash]).toEqual([2, table.newsroom.roster.hash]);
  });

  it("does not take over by itself what a colleague signed at the same moment", async () => {
    const table = await knownTable();
    const desk = await openDesk({ ...table, today: TODAY });
    const change = { entries: entriesOf(desk) };
    const others = entriesOf(desk).map((entry) => ({ ...entry, generation: 1 }));
    const theirs = nextRoster(desk.session, { entries: others });
    const { crypto, newsroom, server } = table;
    const statement = signRoster(crypto, theirs, newsroom.seed);
    server.rosters.push({ statement, settings: newsroom.settings });
    await expect(signNext(desk.session, change)).rejects.toThrow("roster-changed");
    await expect(signNext(desk.session, change)).rejects.toThrow("roster-unconfirmed");
  });

  it("goes on without a question from what another tab of this browser signed", async () => {
    const table = await knownTable();
    const desk = await openDesk({ ...table, today: TODAY });
    const tab = await openDesk({ ...table, today: TODAY });
    const others = entriesOf(tab).map((entry) => ({ ...entry, generation: 1 }));
    await signNext(tab.session, { entries: others });
    await desk.session.world().refreshRoster();
    await signNext(desk.session, { entries: entriesOf(desk) });
    expect(rostersPosted(table)).toBe(2);
  });

  it("is taken over once when several rooms ask for it at the same moment", async () => {
    const table = await knownTable();
    const desk = await openDesk({ ...table, today: TODAY });
    const tab = await openDesk({ ...table, today: TODAY });
    await renew(tab.session);
    const { refreshRoster } = desk.session.world();
    await Promise.all([refreshRoster(), refreshRoster(), refreshRoster()]);
    expect(desk.session.world().roster.number).toBe(2);
  });

  it("leaves no gap in the positions when somebody leaves", async () => {
    const table = await knownTable();
    const desk = await openDesk({ ...table, today: TODAY });
    const [ada, bea] = entriesOf(desk);
    if (ada === undefined || bea === undefined) throw new Error("nobody");
    await signNext(desk.session, {
      entries: [
        { ...ada, position: 2 },
        { ...bea, state: "left" },
      ],
    });
    expect(entriesOf(desk).map(({ position }) => position)).toEqual([1, 0]);
  });

  it("is not for members without the newsroom's key", async () => {
    const table = paperTable({ admin: false });
    const desk = await openDesk({ ...table, today: TODAY });
    const change = { entries: entriesOf(desk) };
    await expect(signNext(desk.session, change)).rejects.toThrow("forbidden");
  });
});
