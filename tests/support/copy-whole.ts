import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Names a run's own folder, which is gone after it. */
export const RUN_FOLDER = "SEALDROP_TEST_RUN";

/** In it: a stopped cluster with a migrated, empty database, which a server makes in seconds at its first start. */
export const freshDatabase = (run: string): string => join(run, "fresh");

/** A folder with owners and modes: PostgreSQL takes no other. */
export const copyWhole = (from: string, to: string): void => {
  execFileSync("cp", ["-a", from, to]);
};
