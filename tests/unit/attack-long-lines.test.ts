import { expect, it } from "vitest";
import { InviteAnswer, InvitePost } from "../../src/protocol/public/staff-api.ts";

/** Putting so many combining marks into order takes seconds, and anybody may send an answer to an invitation. */
const manyMarks = `a${"\u0301".repeat(20_000)}${"\u0316".repeat(20_000)}`;

it.each([
  ["a name", () => InviteAnswer.safeParse({ name: manyMarks })],
  ["a label", () => InvitePost.safeParse({ label: manyMarks })],
])("refuses %s that is too long before working on it", (_what, parse) => {
  const started = performance.now();
  expect(parse().success).toBe(false);
  expect(performance.now() - started).toBeLessThan(500);
});
