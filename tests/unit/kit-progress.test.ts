import { describe, expect, it } from "vitest";
import { createEstimate } from "../../src/browser/kit/progress.ts";

const clock = () => {
  let at = 0;
  return { now: () => at, pass: (milliseconds: number) => (at += milliseconds) };
};

describe("time left", () => {
  it("is not guessed from the first moment", () => {
    const estimate = createEstimate(clock().now);
    expect(estimate.update(1, 100)).toBeNull();
  });

  it("follows the speed", () => {
    const { now, pass } = clock();
    const estimate = createEstimate(now);
    estimate.update(0, 100);
    pass(2000);
    expect(estimate.update(20, 100)).toBeCloseTo(8);
  });

  it("forgets an old speed", () => {
    const { now, pass } = clock();
    const estimate = createEstimate(now);
    estimate.update(0, 1000);
    pass(10_000);
    estimate.update(900, 1000);
    pass(14_000);
    expect(estimate.update(910, 1000)).toBeCloseTo(126);
  });

  it("is nothing when all is done", () => {
    expect(createEstimate(clock().now).update(5, 5)).toBe(0);
  });
});
