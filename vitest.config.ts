import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    // Loading the same modules anew for each file took a fifth of the time. So no test puts a module in another's place.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Started at the first use only: one PostgreSQL for all test files of a run.
    globalSetup: ["tests/support/cluster.ts"],
  },
});
