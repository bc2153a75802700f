import { expect, it } from "vitest";
import { absenceOf } from "../../src/browser/newsroom/worker/people.ts";
import { firstDayOf } from "../../src/protocol/public/time.ts";

const lastUnlockDay = firstDayOf(3_000);
const at = (daysLater: number) =>
  absenceOf({ today: lastUnlockDay + daysLater, lastUnlockDay, longestAbsenceDays: 90 });

it("says from the 31st day on that a member is not offered to sources", () => {
  expect(at(30)).toEqual({ kind: "none" });
  expect(at(31)).toEqual({ kind: "not-offered" });
});

it("warns 14 days before the first unread tips are deleted, and names the day", () => {
  const fromDay = lastUnlockDay + 6 + 90 + 1;
  expect(at(82)).toEqual({ kind: "not-offered" });
  expect(at(83)).toEqual({ kind: "losing", fromDay });
});

it("says nothing of somebody whose last day is not known", () => {
  expect(absenceOf({ today: 9, lastUnlockDay: null, longestAbsenceDays: 90 })).toEqual({
    kind: "none",
  });
});
