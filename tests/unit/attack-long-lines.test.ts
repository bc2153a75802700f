import { afterEach, expect, it, vi } from "vitest";
import { InviteAnswer, InvitePost } from "../../src/protocol/public/staff-api.ts";

/** Putting so many combining marks into order takes seconds, and anybody may send an answer to an invitation. */
const manyMarks = `a${"\u0301".repeat(20_000)}${"\u0316".repeat(20_000)}`;

afterEach(() => {
  vi.restoreAllMocks();
});

it.each([
  ["a name", (name: string) => InviteAnswer.safeParse({ name })],
  ["a label", (label: string) => InvitePost.safeParse({ label })],
])("refuses %s that is too long before working on it", (_what, parse) => {
  const normalize = vi.spyOn(String.prototype, "normalize");
  parse("Ada");
  expect(normalize).toHaveBeenCalled();
  normalize.mockClear();
  expect(parse(manyMarks).success).toBe(false);
  expect(normalize).not.toHaveBeenCalled();
});
