import { execFileSync } from "node:child_process";

/** Names a stopped cluster's folder with a migrated, empty database: what a server makes in seconds at its first start. */
export const FRESH_DATABASE = "SEALDROP_TEST_FRESH_DATABASE";

/** A folder with owners and modes: PostgreSQL takes no other. */
export const copyWhole = (from: string, to: string): void => {
  execFileSync("cp", ["-a", from, to]);
};
