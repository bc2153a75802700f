import { expect, it } from "vitest";
import { createTurns } from "../../src/server/staff/turns.ts";

const work = () => {
  let running = 0;
  let most = 0;
  const order: number[] = [];
  return {
    order,
    most: () => most,
    one: (name: number) => async () => {
      running += 1;
      most = Math.max(most, running);
      order.push(name);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    },
  };
};

it("does four pieces of work at once, and the others in order of arrival", async () => {
  const turns = createTurns(4);
  const { one, most, order } = work();
  const names = Array.from({ length: 20 }, (_, i) => i);
  await Promise.all(names.map((name) => turns.run(one(name))));
  expect([most(), order]).toEqual([4, names]);
});

it("goes on after work that failed", async () => {
  const turns = createTurns(1);
  const failed = turns.run(() => Promise.reject(new Error("no")));
  const next = turns.run(() => Promise.resolve("yes"));
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe("yes");
});
