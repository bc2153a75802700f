import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes a minute or more begins first: begun last, it would keep one core waiting for the other. */
const LONG =
  /\/(?:journey|newsroom-inbox|newsroom-people|newsroom-key|administration|sharing|signin|accessibility|witnesses|process)[^/]*\.test\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    // Loading the same modules anew for each file took a fifth of the time. So no test puts a module in another's place.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Started at the first use only: one PostgreSQL for all test files of a run.
    globalSetup: ["tests/support/cluster.ts"],
  },
});
