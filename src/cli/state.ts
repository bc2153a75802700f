import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { base64url, fromBase64url } from "../protocol/public/bytes.ts";
import type { Head } from "../protocol/public/log-proof.ts";
import { CheckError } from "./fetching.ts";

/** What the last check has seen, one line in a file of whoever checks. */

/** Null when there is no such file yet. Throws CheckError for one that holds something else. */
export const readState = (path: string | null): Head | null => {
  if (path === null || !existsSync(path)) return null;
  const found = /^(\d{1,15}) ([\w-]{43})\n$/.exec(readFileSync(path, "utf8"));
  if (found === null) throw new CheckError("the state file holds something else");
  return { size: Number(found[1]), root: fromBase64url(found[2] ?? "") };
};

export const writeState = (path: string | null, head: Head | null): void => {
  if (path === null || head === null) return;
  writeFileSync(path, `${head.size} ${base64url(head.root)}\n`);
};
