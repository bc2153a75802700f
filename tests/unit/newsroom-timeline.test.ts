import { describe, expect, it } from "vitest";
import { runningOut, watchKeys } from "../../src/browser/newsroom/worker/key-watch.ts";
import { overviewOf } from "../../src/browser/newsroom/worker/overview.ts";
import {
  lastReachablePeriod,
  type PeriodState,
  periodStates,
} from "../../src/browser/newsroom/worker/timeline.ts";
import {
  PERIODS_SHOWN_BACK,
  type TimelineKey,
} from "../../src/protocol/public/key-timeline-api.ts";
import type { VerifiedRoster } from "../../src/protocol/public/roster.ts";
import { lastDayOf, periodOf } from "../../src/protocol/public/time.ts";
import { openDesk, paperTable, TODAY } from "../support/paper-staff.ts";

const NOW = periodOf(TODAY);
const FIRST = NOW - PERIODS_SHOWN_BACK;

type Given = Partial<TimelineKey> & { readonly period: number };
const key = (given: Given): TimelineKey => ({
  memberNumber: 1,
  generation: 0,
  state: "published",
  day: null,
  ...given,
});
const span = (from: number, to: number, of: Partial<TimelineKey> = {}): readonly TimelineKey[] =>
  Array.from({ length: to - from + 1 }, (_, at) => key({ ...of, period: NOW + from + at }));

const statesOf = (keys: readonly TimelineKey[], generation = 0) =>
  periodStates({ generation, keys }, TODAY);
/** Runs of equal states, such as "now 1, ahead 13". */
const runs = (states: readonly PeriodState[]): string => {
  const all: [PeriodState, number][] = [];
  for (const state of states) {
    const last = all.at(-1);
    if (last?.[0] === state) last[1] += 1;
    else all.push([state, 1]);
  }
  return all.map(([state, count]) => `${state} ${count}`).join(", ");
};

describe("a journalist's line", () => {
  it("shows what was destroyed, what is kept, the key of today and those ahead", () => {
    const keys = [
      ...span(-5, -3, { state: "destroyed", day: TODAY - 10 }),
      ...span(-2, -1),
      ...span(0, 13),
    ];
    expect(runs(statesOf(keys))).toBe("none 12, destroyed 3, kept 2, now 1, ahead 13");
  });

  it("has a gap where a period between two has no key of the roster's generation", () => {
    const keys = [...span(0, 3), ...span(4, 5, { generation: 1 }), ...span(6, 9)];
    expect(runs(statesOf(keys))).toBe("none 17, now 1, ahead 3, gap 2, ahead 4, none 4");
  });

  it("has a gap today after a rotation, until new keys come; what is void is none", () => {
    expect(runs(statesOf(span(-1, 13), 1))).toBe("none 16, kept 1, gap 1, none 13");
    const both = [...span(-1, 13), ...span(0, 13, { generation: 1 })];
    expect(runs(statesOf(both, 1))).toBe("none 16, kept 1, now 1, ahead 13");
  });

  it("has gaps in the past only after its first key: before that nobody was here", () => {
    const keys = [...span(-9, -9, { state: "destroyed", day: 1 }), ...span(-6, 13)];
    expect(runs(statesOf(keys))).toBe("none 8, destroyed 1, gap 2, kept 6, now 1, ahead 13");
    expect(runs(statesOf([]))).toBe("none 17, gap 1, none 13");
  });

  it("tells a key that the server dropped from one that its owner destroyed", () => {
    const keys = [...span(-12, -12, { state: "dropped", day: 1 }), ...span(-11, 2)];
    expect(runs(statesOf(keys))).toBe("none 5, dropped 1, kept 11, now 1, ahead 2, none 11");
  });

  it("heeds no period outside the picture", () => {
    const far = [key({ period: 0 }), key({ period: NOW + 14 }), key({ period: 2 ** 31 })];
    expect(runs(statesOf([...far, ...span(0, 13)]))).toBe("none 17, now 1, ahead 13");
  });
});

describe("the last day somebody can be written to", () => {
  it("is before the first gap, whatever comes after it", () => {
    const until = (keys: readonly TimelineKey[]) => lastReachablePeriod(statesOf(keys), FIRST);
    expect(until([...span(0, 4), ...span(6, 13)])).toBe(NOW + 4);
    expect(until(span(0, 13))).toBe(NOW + 13);
    expect(until(span(1, 13))).toBeNull();
  });
});

describe("whose keys run out", () => {
  const entry = { state: "current", position: 1, generation: 0, name: "Anna" } as const;
  const found = (keys: readonly TimelineKey[], generation = 0) =>
    runningOut(
      {
        memberNumber: 2,
        today: TODAY,
        roster: {
          entries: [{ ...entry, memberNumber: 1, generation }],
        } as unknown as VerifiedRoster,
      },
      keys.map(({ state, day, ...place }) => place),
    ).map(({ name, untilDay }) => [name, untilDay]);

  it("is known two whole periods before", () => {
    expect(found(span(0, 3))).toEqual([]);
    expect(found(span(0, 2))).toEqual([["Anna", lastDayOf(NOW + 2)]]);
    expect(found(span(0, 0))).toEqual([["Anna", lastDayOf(NOW)]]);
  });

  it("counts a gap as the end, and void keys not at all", () => {
    expect(found([...span(0, 1), ...span(3, 13)])).toEqual([["Anna", lastDayOf(NOW + 1)]]);
    expect(found(span(0, 13), 1)).toEqual([["Anna", null]]);
    expect(found(span(1, 13))).toEqual([["Anna", null]]);
  });
});

describe("a look at the server", () => {
  it("tells the page only when whose keys run out has changed", async () => {
    const table = paperTable({ admin: true });
    const { session } = await openDesk({ ...table, today: TODAY });
    const looks = [await watchKeys(session)];
    for (const place of [...table.server.keys.keys()].slice(2)) table.server.keys.delete(place);
    looks.push(await watchKeys(session), await watchKeys(session));
    expect(looks).toEqual([false, true, false]);
    expect(overviewOf(session).runningOut).toEqual([
      { memberNumber: 1, name: "Ada", me: true, untilDay: lastDayOf(NOW + 1) },
    ]);
  });
});

describe("the desk's warning", () => {
  it("is not there after an unlock that published everything", async () => {
    const desk = await openDesk({ ...paperTable({ admin: true }), today: TODAY });
    expect(overviewOf(desk.session)).toMatchObject({ runningOut: [] });
    expect(overviewOf(desk.session).warnings).not.toContain("keys-end");
  });

  it("names colleagues to an admin, when their keys end within two periods", async () => {
    const table = paperTable({ admin: true });
    const late = TODAY + 147 * 7;
    const desk = await openDesk({ ...table, today: late });
    const { runningOut: named, warnings } = overviewOf(desk.session);
    expect(warnings).toContain("keys-end");
    expect(named).toEqual([
      { memberNumber: 2, name: "Bea", me: false, untilDay: lastDayOf(NOW + 149) },
    ]);
  });

  it("is about oneself alone for whoever is no admin", async () => {
    const table = paperTable({ admin: false });
    const desk = await openDesk({ ...table, today: TODAY + 147 * 7, role: "journalist" });
    expect(overviewOf(desk.session).runningOut).toEqual([]);
    table.server.keys.clear();
    desk.session.opened().runningOut = [
      { memberNumber: 1, name: "Ada", me: true, untilDay: null },
      { memberNumber: 2, name: "Bea", me: false, untilDay: null },
    ];
    expect(overviewOf(desk.session).runningOut.map(({ name }) => name)).toEqual(["Ada"]);
  });
});
