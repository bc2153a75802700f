import { expect, it } from "vitest";
import { recipientsOn } from "../../src/protocol/public/messaging-key.ts";
import {
  firstDayOf,
  isPeriodOpen,
  lastDayOf,
  openPeriods,
} from "../../src/protocol/public/time.ts";
import { realCrypto } from "../support/hostile-bundles.ts";
import { paperNewsroom } from "../support/paper-newsroom.ts";

const crypto = await realCrypto();
const period = 2_968;
const newsroom = paperNewsroom(crypto, { day: firstDayOf(period), names: ["Anna", "Ben"] });
const statements = newsroom.journalists.map(({ messagingStatement }) => messagingStatement);

const on = (today: number) => {
  const of = recipientsOn(crypto, statements, { roster: newsroom.roster, today });
  const reachable = of.recipients.filter(({ messaging }) => messaging !== null);
  return { period: of.period, reachable: reachable.length };
};

it.each([
  ["a day before its first", firstDayOf(period) - 1],
  ["on its first day", firstDayOf(period)],
  ["on its last day", lastDayOf(period)],
  ["a day after its last", lastDayOf(period) + 1],
])("a clock %s seals under the period whose keys the server offers", (_when, today) => {
  expect(on(today)).toEqual({ period, reachable: 2 });
});

it.each([
  ["two days before its first", firstDayOf(period) - 2],
  ["two days after its last", lastDayOf(period) + 2],
])("a clock %s seals to nobody under it", (_when, today) => {
  expect(on(today).reachable).toBe(0);
});

it("takes its own day's period when keys of both are there", () => {
  const next = paperNewsroom(crypto, { day: firstDayOf(period), names: ["Anna"] });
  const both = [...statements, ...next.journalists.map((one) => one.messagingStatement)];
  const today = lastDayOf(period);
  expect(recipientsOn(crypto, both, { roster: newsroom.roster, today }).period).toBe(period);
});

it("names the open periods of every day, its own first", () => {
  for (let day = firstDayOf(period); day <= lastDayOf(period); day += 1) {
    const open = openPeriods(day);
    expect(open[0]).toBe(period);
    expect(open.every((one) => isPeriodOpen(one, day))).toBe(true);
  }
  expect(openPeriods(firstDayOf(period) + 3)).toEqual([period]);
});
